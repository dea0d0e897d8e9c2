package dev.packhorse.engine.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.Embedded;
import dev.packhorse.engine.Engine;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.FamilyFixtures;
import dev.packhorse.engine.NestedMachine;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.model.ModelFile;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.output.Cosine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticModelTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void everyEncoderGivesTheSameVectorsInAnyBatch(Kind kind) {
        NestedMachine.assume();
        var sizes = TinySizes.of(kind);
        SyntheticModel.write(sizes, 7, folder.resolve("plain"), Set.of(Format.SAFETENSORS));
        SyntheticModel.write(sizes, 7, folder.resolve("all"), Set.of(Format.SAFETENSORS, Format.ONNX));
        var rows = rows(24, sizes.longest());
        float[][] plain;
        try (var engine = Engine.openReference(ModelFolder.read(folder.resolve("plain")))) {
            assertThat(engine.info().name()).isEqualTo("plain");
            plain = vectors(engine, rows);
        }
        for (var path : List.of(PathChoice.FAST, PathChoice.SLOW)) {
            var model = ModelFolder.read(folder.resolve("all"));
            try (var engine = Engine.open(new EngineSettings(model, Precision.FLOAT32, path, 256, 1))) {
                var together = vectors(engine, rows);
                assertThat(Closeness.worst(plain, together).cosine())
                        .as(engine.info().name())
                        .isGreaterThan(0.99999);
                var alone = rows.stream()
                        .map(row -> vectors(engine, List.of(row))[0])
                        .toArray(float[][]::new);
                assertThat(Closeness.worst(alone, together).difference())
                        .as(engine.info().name())
                        .isLessThan(1e-5);
            }
        }
    }

    /** Else a broken encoder would pass for a good one. */
    @ParameterizedTest
    @EnumSource
    void differentRowsHaveDifferentVectors(Kind kind) {
        var sizes = TinySizes.of(kind);
        SyntheticModel.write(sizes, Seeds.random().nextLong(), folder, Set.of(Format.SAFETENSORS));
        try (var engine = Engine.openReference(ModelFolder.read(folder))) {
            var vectors = vectors(engine, rows(24, sizes.longest()));
            var cosines = IntStream.range(1, vectors.length)
                    .mapToDouble(i -> Cosine.of(vectors[0], vectors[i]))
                    .summaryStatistics();
            assertThat(Math.abs(cosines.getAverage())).isLessThan(0.5);
            assertThat(cosines.getMax()).isLessThan(0.95);
        }
    }

    @Test
    void aFolderIsWhatSentenceTransformersWrites() {
        SyntheticModel.write(TinySizes.XLM_ROBERTA, 1, folder, Set.of(Format.ONNX));
        var model = ModelFolder.read(folder);
        assertThat(model.maxSeqLength()).isEqualTo(40);
        assertThat(model.hiddenSize()).isEqualTo(32);
        assertThat(model.head().poolings()).extracting(Object::toString).containsExactly("MEAN");
        assertThat(model.architecture()).isInstanceOf(Known.class);
        assertThat(model.architecture().padding()).isEqualTo(1);
        assertThat(model.onnx()).extracting(ModelFile::path).containsExactly("model.onnx", "model.safetensors");
        assertThat(model.safetensors()).extracting(ModelFile::path).containsExactly("model.safetensors");
        try (var engine = Engine.open(new EngineSettings(model, Precision.FLOAT32, PathChoice.SLOW, 256, 1))) {
            assertThat(engine.tokenize("some words").ids()).hasSize(4);
        }
    }

    @Test
    void theSameSeedGivesTheSameBytes() {
        var formats = Set.of(Format.values());
        SyntheticModel.write(TinySizes.BERT, 5, folder.resolve("one"), formats);
        SyntheticModel.write(TinySizes.BERT, 5, folder.resolve("two"), formats);
        SyntheticModel.write(TinySizes.BERT, 5, folder.resolve("two"), formats); // what is there is replaced
        SyntheticModel.write(TinySizes.BERT, 6, folder.resolve("other"), formats);
        var one = fingerprints(folder.resolve("one"));
        assertThat(one.keySet())
                .containsExactlyInAnyOrder(
                        "config.json",
                        "tokenizer.json",
                        "modules.json",
                        "sentence_bert_config.json",
                        "1_Pooling/config.json",
                        "model.safetensors",
                        "model.onnx",
                        "torchscript/model.pt");
        assertThat(fingerprints(folder.resolve("two"))).isEqualTo(one);
        var other = fingerprints(folder.resolve("other"));
        assertThat(other.get("model.safetensors")).isNotEqualTo(one.get("model.safetensors"));
        assertThat(other.get("model.onnx")).isEqualTo(one.get("model.onnx"));
    }

    /** What the models' pages say, less the pooler of hidden * (hidden + 1). */
    @Test
    void shapesHaveAsManyWeightsAsTheRealModels() {
        assertThat(Shape.MINILM.bytes()).isEqualTo(4L * (22_713_216 - 384 * 385));
        assertThat(Shape.BERT_BASE.bytes()).isEqualTo(4L * (109_482_240 - 768 * 769));
        assertThat(Shape.XLM_R_LARGE.bytes()).isEqualTo(4L * (559_890_432 - 1024 * 1025));
        assertThat(Shape.names()).isEqualTo("minilm, bert-base, xlm-r-large");
        assertThat(Shape.named("bert-base")).contains(Shape.BERT_BASE);
        assertThat(Shape.named("bert")).isEmpty();
    }

    @Test
    void whereThereIsNoRoomItSaysWhere() throws IOException {
        var file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> SyntheticModel.write(TinySizes.BERT, 1, file, Set.of(Format.SAFETENSORS)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("a model of random weights could not be written to " + file);
    }

    /** Rows of ids behind those that mean padding to one of the kinds. */
    private static List<int[]> rows(int count, int longest) {
        var random = Seeds.random();
        return IntStream.range(0, count)
                .mapToObj(i -> random.ints(i == 0 ? longest : random.nextInt(1, longest + 1), 5, 30_000)
                        .toArray())
                .toList();
    }

    private static float[][] vectors(Engine engine, List<int[]> rows) {
        var answers = engine.embed(rows, (r, tokens, computed, nanos) -> {});
        return List.of(answers).stream()
                .map(answer -> ((Embedded.Vector) answer).values())
                .toArray(float[][]::new);
    }

    private static Map<String, String> fingerprints(Path folder) {
        try (var paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .collect(Collectors.toMap(
                            path -> folder.relativize(path).toString(),
                            path -> FamilyFixtures.file(path).sha256()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
