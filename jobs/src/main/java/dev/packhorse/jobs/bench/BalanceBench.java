package dev.packhorse.jobs.bench;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.jobs.demo.DemoCorpus;
import dev.packhorse.jobs.report.Distribution;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.udf.Embedding;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.LongTexts;
import dev.packhorse.udf.rows.TextColumns;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How even the tasks are, over a corpus that lies sorted by length in files of as many rows each: where each file is a
 * task, where rows are dealt out to tasks in turn, and in the job, which deals them out by what they cost.
 */
final class BalanceBench {

    /** As many as the job makes tasks of a small source. */
    private static final int FILES_PER_CORE = 6;

    private final SparkSession spark;
    private final EngineSettings engine;
    private final PrintStream out;
    private final int files;

    BalanceBench(SparkSession spark, EngineSettings engine, PrintStream out) {
        this.spark = spark;
        this.engine = engine;
        this.out = out;
        this.files = FILES_PER_CORE * spark.sparkContext().defaultParallelism();
    }

    /**
     * Measures.
     *
     * @param job runs the job on the files
     */
    void run(List<DemoCorpus.Text> texts, Path folder, Supplier<RunSummary> job) {
        write(texts, folder);
        // a file is a task, as it is where files are large
        spark.conf().set("spark.sql.files.maxPartitionBytes", "1g");
        spark.conf().set("spark.sql.files.openCostInBytes", "1g");
        var source = spark.read().schema("id STRING, text STRING").json(folder.toString());
        out.printf(
                Locale.ROOT,
                "%-32s %5s %9s %9s %9s %9s %10s%n",
                "", // over the names
                "tasks",
                "min",
                "median",
                "p90",
                "max",
                "max/median");
        embed(source); // loads the model
        print("rows as they lie", embed(source));
        print("rows dealt out in turn", embed(source.repartition(files)));
        var summary = job.get();
        print("the job", new Tasks(summary.tokensOfTasks(), summary.millisOfTasks()));
    }

    private void write(List<DemoCorpus.Text> texts, Path folder) {
        var sorted = new ArrayList<>(texts);
        sorted.sort(Comparator.comparingInt(text -> text.text().length()));
        for (var file = 0; file < files; file++) {
            var rows = sorted.subList(sorted.size() * file / files, sorted.size() * (file + 1) / files);
            DemoCorpus.write(rows, folder.resolve("%03d.jsonl".formatted(file)));
        }
    }

    private record Tasks(Distribution tokens, Distribution millis) {}

    /** Embeds each partition as it is. */
    private Tasks embed(Dataset<Row> rows) {
        var accumulator = new RunAccumulator();
        spark.sparkContext().register(accumulator);
        var settings = new EmbedSettings(
                engine,
                EncodeOptions.WINDOW_ROWS.fallback().orElseThrow(),
                0,
                OnError.ROW,
                EmptyText.ERROR,
                "id",
                "text",
                LongTexts.TRUNCATED);
        new Embedding(new TextColumns("id", "text", Optional.empty(), List.of()), settings, accumulator)
                .windowed(rows)
                .write()
                .format("noop")
                .mode("overwrite")
                .save();
        var tasks = accumulator.value().partitions().values();
        return new Tasks(
                Distribution.of(tasks.stream().mapToLong(task -> task.get(Count.COMPUTED_TOKENS))),
                Distribution.of(tasks.stream().mapToLong(task -> task.get(Count.TASK_NANOS) / 1_000_000)));
    }

    private void print(String name, Tasks tasks) {
        print(name + ", tokens", tasks.tokens());
        print(name + ", ms", tasks.millis());
    }

    private void print(String name, Distribution found) {
        out.printf(
                Locale.ROOT,
                "%-32s %5d %,9d %,9d %,9d %,9d %10.2f%n",
                name,
                found.count(),
                found.least(),
                found.median(),
                found.p90(),
                found.greatest(),
                found.imbalance());
    }
}
