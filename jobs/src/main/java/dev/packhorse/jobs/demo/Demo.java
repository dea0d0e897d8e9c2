package dev.packhorse.jobs.demo;

import dev.packhorse.engine.Embedded;
import dev.packhorse.jobs.embed.EmbedJob;
import dev.packhorse.jobs.embed.SparkWork;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.report.SummaryTable;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.resident.ResidentEngines;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Makes the corpus, embeds it as {@code packhorse embed} would, and searches the result. Not thread-safe: one at a time,
 * for the output is written over.
 */
public final class Demo {

    private static final int SAMPLE_GLOSSES = 6_000;
    private static final int SAMPLE_PASSAGES = 350;

    private static final int FOUND = 3;
    private static final int SHOWN_CHARACTERS = 100;
    private static final List<String> QUERIES = List.of(
            "a small animal that people keep at home",
            "money that the state takes from its citizens",
            "protecting the environment and the climate in Europe");

    private Demo() {}

    /**
     * Checks the options.
     *
     * @param conf the settings that Spark will have
     * @param out gets progress and what was found
     * @throws RuntimeException (OptionException, ModelException or TokenizerException) naming what does not fit
     */
    public static SparkWork prepare(OptionValues options, SparkConf conf, PrintStream out) {
        var folder = Path.of(options.get(DemoOptions.OUTPUT));
        var corpus = DemoCorpus.open();
        var input = folder.resolve("corpus.jsonl");
        var output = folder.resolve("embeddings");
        var job = EmbedJob.of(embedOptions(options, input, output), conf, out);
        return spark -> {
            var texts = options.get(DemoOptions.FULL) ? corpus.all() : corpus.sample(SAMPLE_GLOSSES, SAMPLE_PASSAGES);
            DemoCorpus.write(texts, input);
            out.printf(
                    Locale.ROOT,
                    "Embedding %,d texts of WordNet and Europarl on %s%n",
                    texts.size(),
                    spark.sparkContext().master());
            var summary = job.run(spark);
            out.println(System.lineSeparator() + SummaryTable.of(summary));
            search(spark, job, output, out);
        };
    }

    private static OptionValues embedOptions(OptionValues options, Path input, Path output) {
        var given = new HashMap<String, List<String>>();
        given.put(EmbedOptions.INPUT.name(), List.of(input.toString()));
        given.put(EmbedOptions.INPUT_FORMAT.name(), List.of("json"));
        given.put(EmbedOptions.INPUT_SCHEMA.name(), List.of("id STRING, source STRING, text STRING"));
        given.put(EmbedOptions.CARRY_COLUMNS.name(), List.of("source", "text"));
        given.put(EmbedOptions.OUTPUT.name(), List.of(output.toString()));
        given.put(EmbedOptions.MODE.name(), List.of("overwrite"));
        var shared = options.asText();
        for (Option<?> option : EmbedOptions.ALL) {
            if (DemoOptions.ALL.contains(option) && shared.containsKey(option.name())) {
                given.put(option.name(), List.of(shared.get(option.name())));
            }
        }
        return OptionValues.read(EmbedOptions.ALL, Map.of(), given);
    }

    private static void search(SparkSession spark, EmbedJob job, Path output, PrintStream out) {
        var embeddings = spark.read().parquet(output.toString()).cache();
        try (var lease = ResidentEngines.lease(job.engineOfDriver(spark))) {
            var engine = lease.engine();
            for (var query : QUERIES) {
                var answer = engine.embed(List.of(engine.tokenize(query).ids()), (r, t, c, n) -> {})[0];
                if (answer instanceof Embedded.Vector vector) {
                    out.printf("%nsearch: %s%n", query);
                    for (var found : NearestTexts.search(embeddings, vector.values(), FOUND)) {
                        out.printf(Locale.ROOT, "  %.3f  %s  (%s)%n", found.cosine(), shown(found.text()), found.id());
                    }
                }
            }
        }
    }

    private static String shown(String text) {
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    }
}
