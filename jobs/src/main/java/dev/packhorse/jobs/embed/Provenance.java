package dev.packhorse.jobs.embed;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.model.Sha256;
import dev.packhorse.engine.output.Ranges;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.output.Manifest;
import dev.packhorse.jobs.output.RangesJson;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.LongTexts;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** What a job says of what it makes: in the footers of files, in the manifest, and to a run that goes on with it. */
record Provenance(OptionValues options, Model model, Precision precision, LongTexts longTexts) {

    /** What decides rows and vectors beyond what a footer says and what a source's rows are. */
    private static final List<Option<?>> DECIDING =
            List.of(EmbedOptions.SORT, EncodeOptions.PATH, EncodeOptions.ON_ERROR, EncodeOptions.EMPTY_TEXT);

    /** What footers say that the rows which wait for it do not depend on. */
    private static final String OF_OUTPUT = EmbedOptions.OUTPUT_PRECISION.name();

    /** For every file's footer and the manifest. */
    Map<String, String> footer(String fingerprint) {
        var footer = new LinkedHashMap<String, String>();
        footer.put("model", model.name());
        footer.put("fingerprint", fingerprint);
        footer.put("dimension", String.valueOf(model.dimension()));
        footer.put("revision", model.revision());
        footer.put(
                "pooling",
                model.head().poolings().isEmpty()
                        ? "the ONNX file's own"
                        : model.head().poolings().stream().map(Pooling::id).collect(Collectors.joining("+")));
        footer.put("normalize", String.valueOf(model.head().normalizes()));
        footer.put("head", model.head().description());
        footer.put("prompt", model.texts().prompt());
        footer.put("lower-case", String.valueOf(model.texts().lowerCase()));
        footer.put("precision", precision.id());
        footer.put("max-seq-length", String.valueOf(model.maxSeqLength()));
        footer.put(
                EmbedOptions.OUTPUT_PRECISION.name(),
                options.get(EmbedOptions.OUTPUT_PRECISION).id());
        footer.putAll(longTexts.entries());
        footer.put("version", version());
        return footer;
    }

    /**
     * What must be the same for rows of a run that died to be taken over.
     *
     * @param schema of rows while they wait
     */
    Map<String, String> deciding(String fingerprint, StructType schema) {
        var deciding = new LinkedHashMap<>(footer(fingerprint));
        deciding.remove(OF_OUTPUT);
        for (var option : DECIDING) {
            deciding.put(option.name(), text(option));
        }
        deciding.put("columns", schema.toDDL());
        return deciding;
    }

    /**
     * What tells this job from others with the same output: all options that rows depend on, hashed, for some are secret.
     */
    String job() {
        var all = new TreeMap<>(options.asText());
        all.remove(EmbedOptions.RESUME.name());
        EmbedOptions.OF_PAGES.forEach(option -> all.remove(option.name()));
        return Sha256.hex(all.toString());
    }

    private <T> String text(Option<T> option) {
        return option.type().writer().apply(options.get(option));
    }

    /** @param ranges by which vectors were quantized, where they were */
    Manifest manifest(SparkSession spark, String runId, Instant started, RunSummary summary, Optional<Ranges> ranges) {
        var entries = new LinkedHashMap<String, Object>();
        entries.put("run", runId);
        entries.put("started", started.toString());
        entries.put("finished", Instant.now().toString());
        entries.putAll(footer(summary.fingerprint()));
        entries.put("encoder", summary.encoder());
        entries.put("options", redacted(spark));
        entries.put("spark", spark.version());
        entries.put("java", System.getProperty("java.version"));
        entries.putAll(summary.asEntries());
        ranges.ifPresent(found -> entries.put(RangesJson.ENTRY, RangesJson.entry(found)));
        return new Manifest(runId, started, entries);
    }

    /** The given options, without the values that Spark's own logs hide, such as passwords of databases. */
    private Map<String, String> redacted(SparkSession spark) {
        var secret = Pattern.compile(
                spark.sparkContext().getConf().get("spark.redaction.regex", "(?i)secret|password|token|access[.]?key"));
        var pairs = new HashMap<>(options.get(EmbedOptions.INPUT_OPTION));
        pairs.replaceAll((key, value) -> secret.matcher(key).find() ? "***" : value);
        var texts = options.asText();
        texts.replace(
                EmbedOptions.INPUT_OPTION.name(),
                EmbedOptions.INPUT_OPTION.type().writer().apply(pairs));
        return texts;
    }

    private static String version() {
        return Optional.ofNullable(Provenance.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
