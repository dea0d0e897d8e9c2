package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs written for DJL's Spark TextEmbedder. */
class DjlJobTest {

    private static final String JOB = "TextEmbeddingJob";
    private static final String THEIRS = "import ai.djl.spark.task.text.TextEmbedder;";
    private static final String OURS = "import dev.packhorse.udf.TextEmbedder;";

    /** Two roundings of float32 apart: the reference is another implementation's. */
    private static final float CLOSE = 1e-5f;

    @TempDir
    private Path folder;

    @Test
    void aJobRunsWithItsImportChangedAndNothingElse() throws Exception {
        var theirs = job();
        assertThat(theirs).containsOnlyOnce(THEIRS);
        var texts = Fixtures.texts().stream()
                .filter(text -> !text.isBlank())
                .limit(5)
                .toList();

        var rows = compiled(theirs.replace(THEIRS, OURS), texts).collectAsList();

        var expected = Fixtures.reference("all-minilm-l6-v2").vectors();
        assertThat(rows).hasSameSizeAs(texts);
        for (var row : rows) {
            assertThat(Stages.vector(row, "embedding"))
                    .as(row.getString(0))
                    .containsExactly(expected[Fixtures.texts().indexOf(row.getString(0))], offset(CLOSE));
        }
    }

    private static String job() throws IOException {
        try (var in = DjlJobTest.class.getResourceAsStream("/djl/" + JOB + ".java")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @SuppressWarnings("unchecked") // what the job's run gives
    private Dataset<Row> compiled(String source, List<String> texts) throws Exception {
        var file = Files.writeString(folder.resolve(JOB + ".java"), source);
        var compiler = ToolProvider.getSystemJavaCompiler();
        var messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var done = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of("-proc:none", "-d", folder.toString()),
                            null,
                            files.getJavaFileObjects(file))
                    .call();
            assertThat(done).as("compiled: %s", messages).isTrue();
        }
        var dataset = LocalSpark.session()
                .createDataset(texts, Encoders.STRING())
                .toDF("text")
                .coalesce(1);
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            return (Dataset<Row>)
                    loader.loadClass(JOB).getMethod("run", Dataset.class).invoke(null, dataset);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "djl://ai.djl.huggingface.pytorch/sentence-transformers/all-MiniLM-L6-v2, all-minilm-l6-v2",
        "djl://ai.djl.huggingface.onnxruntime/BAAI/bge-small-en-v1.5, bge-small-en-v1.5",
        "file:///models/minilm, file:///models/minilm",
        "hdfs://name:8020/models/minilm.zip, hdfs://name:8020/models/minilm.zip",
        "/models/minilm, /models/minilm"
    })
    void aModelUrlIsTheOptionModel(String url, String model) {
        assertThat(Stages.value(new TextEmbedder().setModelUrl(url), "model")).isEqualTo(model);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "djl://ai.djl.huggingface.pytorch/sentence-transformers/all-mpnet-base-v2",
                "djl://ai.djl.pytorch/bertqa",
                "https://example.org/model.zip",
                "jar:///model.zip",
                "file:///models/all?model_name=minilm"
            })
    void aModelUrlThatOnlyDjlCanFollowIsRefused(String url) {
        assertThatThrownBy(() -> new TextEmbedder().setModelUrl(url))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "modelUrl: expected a folder, an archive or an ONNX file, local or on a Hadoop file system, or"
                                + " djl://ai.djl.huggingface.pytorch/ and one of [BAAI/bge-small-en-v1.5,"
                                + " sentence-transformers/all-MiniLM-L6-v2], which are embedded, found " + url
                                + "; nothing is downloaded: put the model's files where Spark reads, and name that place");
    }

    @Test
    void whatDjlsEmbedderTakesIsTakenAndAllElseRefused() {
        var embedder = new TextEmbedder();

        assertThat(embedder.setEngine("OnnxRuntime")
                        .setBatchSize(1)
                        .setBatchifier("padding")
                        .setInputClass(String.class)
                        .setOutputClass(float[].class))
                .isSameAs(embedder);
        assertRefused(
                () -> embedder.setEngine("PyTorsh"),
                "engine: expected one of PyTorch, OnnxRuntime, Rust, TensorFlow, MXNet, found 'PyTorsh'; the nearest is"
                        + " PyTorch");
        assertRefused(() -> embedder.setEngine(null), "engine: expected a text, found null");
        assertRefused(() -> embedder.setModelUrl(null), "modelUrl: expected a text, found null");
        assertRefused(() -> embedder.setBatchSize(0), "batchSize: expected at least 1, found 0");
        assertRefused(
                () -> embedder.setBatchifier("paddin"),
                "batchifier: expected one of none, stack, padding, found 'paddin'; the nearest is padding");
        assertRefused(() -> embedder.setInputClass(Object.class), "inputClass: expected String, found Object");
        assertRefused(() -> embedder.setOutputClass(double[].class), "outputClass: expected float[], found double[]");
        assertRefused(
                () -> embedder.setTranslatorFactory("mine"),
                "translatorFactory: expected ai.djl.huggingface.translator.TextEmbeddingTranslatorFactory, found"
                        + " java.lang.String; pooling, normalisation and prompt are options here");
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(OptionException.class).hasMessage(message);
    }
}
