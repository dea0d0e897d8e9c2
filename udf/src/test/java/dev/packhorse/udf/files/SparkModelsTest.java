package dev.packhorse.udf.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Engine;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFile;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.SharedFileSystem;
import dev.packhorse.udf.TinyBert;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models on a file system that is not this machine's own, before Spark begins and in its tasks. */
class SparkModelsTest {

    private final SparkConf conf =
            new SparkConf(false).set("spark.hadoop." + SharedFileSystem.KEY, SharedFileSystem.class.getName());

    @TempDir
    Path parent;

    private Path folder;

    @BeforeEach
    void copy() {
        folder = Fixtures.copyTinyBert(parent);
    }

    private Model find(String model, String... options) {
        var given = new LinkedHashMap<String, List<String>>();
        given.put("model", List.of(model));
        for (var i = 0; i < options.length; i += 2) {
            given.put(options[i], List.of(options[i + 1]));
        }
        return SparkModels.find(OptionValues.read(EncodeOptions.ALL, Map.of(), given), conf);
    }

    private String zip() throws IOException {
        var file = parent.resolve("packed.zip");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file));
                var paths = Files.walk(folder)) {
            for (var path : paths.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry("tiny-bert/" + folder.relativize(path)));
                zip.write(Files.readAllBytes(path));
                zip.closeEntry();
            }
        }
        return "shared://" + file;
    }

    @Test
    void aFolderOrArchiveOnASharedFileSystemIsTheSameModel() throws IOException {
        var expected = TinyBert.model();
        for (var source : List.of("shared://" + folder, "shared:" + folder + "/", zip())) {
            var found = find(source);
            assertThat(found.name()).isEqualTo("tiny-bert");
            assertThat(found.revision()).as(source).isEqualTo(expected.revision());
            assertThat(found.fingerprint(Precision.FLOAT32)).isEqualTo(expected.fingerprint(Precision.FLOAT32));
        }
    }

    @Test
    void anExecutorReadsTheFileFromThereWithItsOwnSettings() throws IOException, ClassNotFoundException {
        var hadoop = LocalSpark.session().sparkContext().conf();
        var model = find("shared://" + folder);
        assertThat(DriverFile.offer(model.tokenizer()))
                .isEqualTo(model.tokenizer().location());

        var sent = sent(model);

        assertThat(sent).isEqualTo(model);
        assertThat(sent.hashCode()).isEqualTo(model.hashCode());
        assertThat(hadoop.get("spark.hadoop." + SharedFileSystem.KEY)).isEqualTo(SharedFileSystem.class.getName());
        Engine.checkTokenizer(sent);
        assertThat(sent.tokenizer().text())
                .isEqualTo(TinyBert.model().tokenizer().text());
    }

    @Test
    void aFileThatChangedSinceIsRefused() throws IOException, ClassNotFoundException {
        var sent = sent(find("shared://" + folder));
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        assertThatThrownBy(() -> sent.tokenizer().text())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(
                        "tokenizer.json: expected SHA-256 " + sent.tokenizer().sha256() + ", found ")
                .hasMessageStartingWith("shared:");
    }

    private static Model sent(Model model) throws IOException, ClassNotFoundException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(model);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (Model) in.readObject();
        }
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> find("shared://" + parent + "/nothing"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("shared://" + parent + "/nothing: expected a model folder, found: "
                        + "java.io.FileNotFoundException: ");
        assertThatThrownBy(() -> find("shared://" + folder + "/config.json"))
                .isInstanceOf(ModelException.class)
                .hasMessage("shared://" + folder + "/config.json: expected a model folder, found a file");
        assertThatThrownBy(() -> find("unheard-of:///model"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(
                        "unheard-of:///model: expected a model folder, found: "
                                + "org.apache.hadoop.fs.UnsupportedFileSystemException: No FileSystem for scheme \"unheard-of\"");
    }

    @Test
    void optionsCountMoreThanTheModel() {
        var model = find(
                folder.toString(),
                "pooling",
                "cls+max",
                "normalize",
                "false",
                "prompt",
                "say: ",
                "truncate-dim",
                "40",
                "max-seq-length",
                "20");
        assertThat(model.head().description()).isEqualTo("cls+max|truncate(40)");
        assertThat(model.texts().prompt()).isEqualTo("say: ");
        assertThat(model.maxSeqLength()).isEqualTo(20);
        assertThatThrownBy(() -> find(folder.toString(), "pooling", "average"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--pooling: expected cls, mean, max, mean_sqrt_len, weightedmean or lasttoken, several joined by"
                                + " +, found 'average'");
    }

    /** So that nobody needs the class path of this test to know where a file lies. */
    @Test
    void aLocalFileStaysLocal() {
        assertThat(find(folder.toString()).tokenizer().location()).isInstanceOf(ModelFile.Location.Local.class);
        assertThat(find("file:" + folder).tokenizer().location()).isInstanceOf(ModelFile.Location.Local.class);
    }
}
