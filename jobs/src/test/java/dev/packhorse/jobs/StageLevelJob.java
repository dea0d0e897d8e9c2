package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.Placement;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Models;
import dev.packhorse.udf.Embedding;
import dev.packhorse.udf.files.DriverFile;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.LongTexts;
import dev.packhorse.udf.rows.TextColumns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.apache.spark.sql.SparkSession;

/** A program that embeds in a stage with a resource profile of its own: one GPU a task, whatever the settings say, or the CPU. */
public final class StageLevelJob {

    private StageLevelJob() {}

    /** Runs it by spark-submit in a process of its own and returns what it printed. */
    static String run(Path folder, List<String> settings) {
        var arguments = new ArrayList<>(List.of("org.apache.spark.deploy.SparkSubmit"));
        arguments.addAll(settings);
        arguments.addAll(List.of("--class", StageLevelJob.class.getName(), JobProcess.JAR.toString()));
        var testClasses = List.of(Path.of(System.getProperty("java.class.path")));
        var process = SparkProcess.start(folder, List.of(), testClasses, arguments);
        try {
            assertThat(process.endsWithin(5)).isTrue();
            assertThat(process.exitCode()).as(process.err()).isZero();
            return process.out();
        } finally {
            process.end();
        }
    }

    public static void main(String[] arguments) {
        var spark = SparkSession.builder().getOrCreate();
        var accumulator = new RunAccumulator();
        spark.sparkContext().register(accumulator);
        var model = DriverFile.offer(
                spark.sparkContext(), Models.find(Fixtures.tinyBert().toString()));
        var embedding = new Embedding(
                new TextColumns("id", "text", Optional.empty(), List.of()),
                new EmbedSettings(
                        new EngineSettings(model, Precision.FLOAT32, PathChoice.AUTO, 2_048, 1)
                                .placed(new Placement(new Device.Gpu(List.of()), true, "")),
                        100,
                        1 << 20,
                        OnError.FAIL,
                        EmptyText.ERROR,
                        "id",
                        "text",
                        LongTexts.TRUNCATED),
                accumulator);
        var texts = spark.sql("SELECT id, concat('text ', id) AS text FROM range(0, 100, 1, 4)");

        var oneGpuEach = new ResourceProfileBuilder()
                .require(new TaskResourceRequests().cpus(1).resource("gpu", 1))
                .build();
        var rows =
                embedding.windowed(texts).toJavaRDD().withResources(oneGpuEach).collect();

        System.out.println("vectors " + rows.size());
        accumulator.value().executors().values().forEach(executor -> executor.encoders()
                .forEach(System.out::println));
        spark.stop();
    }
}
