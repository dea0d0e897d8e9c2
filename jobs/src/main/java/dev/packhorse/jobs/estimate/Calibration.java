package dev.packhorse.jobs.estimate;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.udf.Embedding;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.LongTexts;
import dev.packhorse.udf.rows.TextColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How fast a session's tasks embed, measured by embedding: all of them at a time, for they share caches and memory.
 *
 * @param encoder what encoded
 * @param padded whether it computed more tokens than there were
 * @param slots tasks at a time
 * @param tokensPerSecond of the encoder of one slot, while all are at work
 * @param taskSecondsPerToken that a task takes, from a text to its vector, writing left out
 * @param startSeconds until the first vectors were there: to load the model, and for all that runs for the first time
 */
record Calibration(
        String encoder,
        boolean padded,
        int slots,
        double tokensPerSecond,
        double taskSecondsPerToken,
        double startSeconds) {

    private static final StructType COLUMNS =
            new StructType().add("id", DataTypes.LongType).add("text", DataTypes.StringType);

    /** What is run and not measured: for compilers, caches, and the model's own start. */
    private static final int WARM_UP = 10;

    /** Embeds texts and throws the vectors away; runs some Spark jobs. */
    static Calibration run(
            SparkSession spark,
            List<String> texts,
            OptionValues options,
            EngineSettings engine,
            LongTexts longTexts,
            int slots) {
        // a text that comes again would cost nothing
        var all = EmbedSettings.of(options.with(EncodeOptions.DEDUPE_CACHE, 0L), engine, "id", "text", longTexts);
        var began = System.nanoTime();
        pass(spark, texts.subList(0, Math.max(1, texts.size() / WARM_UP)), all, slots);
        var start = (System.nanoTime() - began) / 1e9;
        var report = pass(spark, texts, all, slots).value();
        var counts = report.total();
        var tokens = (double) Math.max(1, counts.get(Count.TOKENS));
        return new Calibration(
                report.executors().values().stream()
                        .flatMap(executor -> executor.encoders().stream())
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining("; ")),
                counts.get(Count.COMPUTED_TOKENS) > counts.get(Count.TOKENS),
                slots,
                tokens / (counts.get(Count.ENCODE_NANOS) / 1e9),
                counts.get(Count.TASK_NANOS) / 1e9 / tokens,
                start);
    }

    private static RunAccumulator pass(SparkSession spark, List<String> texts, EmbedSettings settings, int slots) {
        var accumulator = new RunAccumulator();
        spark.sparkContext().register(accumulator);
        var rows = new ArrayList<Row>();
        for (var text : texts) {
            rows.add(RowFactory.create((long) rows.size(), text));
        }
        var columns = new TextColumns("id", "text", Optional.empty(), List.of());
        var spread = spark.createDataFrame(rows, COLUMNS).repartition(slots);
        new Embedding(columns, settings, accumulator)
                .windowed(spread)
                .write()
                .format("noop")
                .mode("overwrite")
                .save();
        return accumulator;
    }
}
