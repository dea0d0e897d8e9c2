package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Changed;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.transformer.TransformerShape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ModelTest {

    private static final ModelFile ONNX = file("onnx", "a");
    private static final ModelFile TOKENIZER = file("tokenizer", "b");
    private static final Architecture BERT =
            new Architecture.Known("bert", TransformerShape.bert(32, 2, 4, 64, 550, 128, 1e-12f));
    private static final Head MEAN = Head.of(Pooling.MEAN, true);
    private static final Model MODEL = model(List.of(ONNX), TOKENIZER, TextPreparation.NONE, MEAN);

    private static Model model(List<ModelFile> onnx, ModelFile tokenizer, TextPreparation texts, Head head) {
        return model("", onnx, List.of(), tokenizer, "c", 64, texts, head);
    }

    private static Model model(
            String output,
            List<ModelFile> onnx,
            List<ModelFile> safetensors,
            ModelFile tokenizer,
            String configuration,
            int maxSeqLength,
            TextPreparation texts,
            Head head) {
        return new Model(
                "some",
                onnx,
                output,
                safetensors,
                List.of(),
                tokenizer,
                configuration,
                BERT,
                32,
                maxSeqLength,
                texts,
                head,
                "sha256:" + "f".repeat(64));
    }

    private static ModelFile file(String name, String digit) {
        return new ModelFile(name, new ModelFile.Location.Local("/models/" + name), digit.repeat(64));
    }

    private static ModelFile.Location elsewhere(ModelFile file) {
        return new ModelFile.Location.Local("/tmp" + file.location());
    }

    /** Vectors of earlier releases carry it: should it change, every corpus would have to be embedded again. */
    @Test
    void theFingerprintStaysTheSameFromReleaseToRelease() {
        // from sha256sum over the lines that Model.fingerprint names
        assertThat(MODEL.fingerprint(Precision.FLOAT32))
                .isEqualTo("ef36bf651ed5f792790b52b4be0207f49582992c41bab550ae126ab5505a2237");
    }

    @Test
    void theFingerprintChangesWithEachPart() {
        var none = TextPreparation.NONE;
        var models = List.of(
                MODEL,
                model(List.of(file("onnx", "c")), TOKENIZER, none, MEAN),
                model(List.of(ONNX, file("data", "c")), TOKENIZER, none, MEAN),
                model(List.of(), TOKENIZER, none, MEAN),
                model(List.of(ONNX), file("tokenizer", "c"), none, MEAN),
                model(List.of(TOKENIZER), ONNX, none, MEAN),
                model(List.of(ONNX), TOKENIZER, new TextPreparation("query: ", false, new TreeMap<>()), MEAN),
                model(List.of(ONNX), TOKENIZER, new TextPreparation("query:", false, new TreeMap<>()), MEAN),
                model(List.of(ONNX), TOKENIZER, new TextPreparation("", true, new TreeMap<>()), MEAN),
                model(List.of(ONNX), TOKENIZER, none, Head.of(Pooling.CLS, true)),
                model(List.of(ONNX), TOKENIZER, none, Head.of(Pooling.MEAN, false)),
                model(List.of(ONNX), TOKENIZER, none, MEAN.withDimension(32, 16)),
                model("other", List.of(ONNX), List.of(), TOKENIZER, "c", 64, none, MEAN),
                model("", List.of(ONNX), List.of(), TOKENIZER, "d", 64, none, MEAN),
                model("", List.of(ONNX), List.of(), TOKENIZER, "c", 65, none, MEAN),
                model("", List.of(ONNX), List.of(ONNX), TOKENIZER, "c", 64, none, MEAN),
                Changed.width(MODEL, 33));
        var fingerprints = new HashSet<String>();
        models.forEach(model -> fingerprints.add(model.fingerprint(Precision.FLOAT32)));
        assertThat(fingerprints).hasSameSizeAs(models);
    }

    @Test
    void theFingerprintChangesWithTheWeightsInSafetensors() {
        assertThat(fingerprintWith(file("weights", "d")))
                .isNotEqualTo(fingerprintWith())
                .isNotEqualTo(fingerprintWith(file("weights", "e")))
                .isEqualTo(fingerprintWith(file("elsewhere", "d")));
    }

    private static String fingerprintWith(ModelFile... safetensors) {
        return model("", List.of(ONNX), List.of(safetensors), TOKENIZER, "c", 64, TextPreparation.NONE, MEAN)
                .fingerprint(Precision.FLOAT32);
    }

    @Test
    void theFingerprintKnowsNothingOfPlacesAndReasons() {
        var moved = Changed.weights(MODEL, new Architecture.Opaque(List.of()), List.of())
                .withFiles(ModelTest::elsewhere);
        assertThat(moved.fingerprint(Precision.FLOAT32)).isEqualTo(MODEL.fingerprint(Precision.FLOAT32));
    }

    @Test
    void allOfItsFilesAreMoved() {
        var weights = file("weights", "d");
        var dense = file("dense", "e");
        var head = new Head(
                List.of(Pooling.MEAN), true, List.of(new Step.Dense(dense, 32, 8, true, DenseActivation.TANH)));
        var moved = model("", List.of(ONNX), List.of(weights), TOKENIZER, "c", 64, TextPreparation.NONE, head)
                .withFiles(ModelTest::elsewhere);
        assertThat(moved.onnx()).containsExactly(ONNX.at(elsewhere(ONNX)));
        assertThat(moved.safetensors()).containsExactly(weights.at(elsewhere(weights)));
        assertThat(moved.tokenizer()).isEqualTo(TOKENIZER.at(elsewhere(TOKENIZER)));
        assertThat(moved.head().files()).containsExactly(dense.at(elsewhere(dense)));
        assertThat(moved.dimension()).isEqualTo(8);
    }

    @Test
    void theFingerprintOfAnEngineIsThatOfItsModelWhateverTheBatchesAndThreads() {
        assertThat(new EngineSettings(MODEL, Precision.FLOAT32, PathChoice.AUTO, 100, 1).fingerprint())
                .isEqualTo(new EngineSettings(MODEL, Precision.FLOAT32, PathChoice.SLOW, 200, 2).fingerprint())
                .isEqualTo(MODEL.fingerprint(Precision.FLOAT32));
    }

    @Test
    void aShorterMaximumIsAnotherModel() {
        assertThat(MODEL.withMaxSeqLength(64)).isEqualTo(MODEL);
        assertThat(MODEL.withMaxSeqLength(10).maxSeqLength()).isEqualTo(10);
        assertThat(MODEL.withMaxSeqLength(10).fingerprint(Precision.FLOAT32))
                .isNotEqualTo(MODEL.fingerprint(Precision.FLOAT32));
    }

    @Test
    void aMaximumThatTheModelCannotReadIsRefused() {
        assertThatThrownBy(() -> MODEL.withMaxSeqLength(65))
                .isInstanceOf(ModelException.class)
                .hasMessage("--max-seq-length: expected at most 64, which is what some reads, found 65");
    }

    @Test
    void theDriverCanSendItToTheExecutors() throws IOException, ClassNotFoundException {
        var settings =
                new EngineSettings(MODEL.withFiles(ModelTest::elsewhere), Precision.FLOAT32, PathChoice.AUTO, 100, 1);
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(settings);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(settings);
        }
    }
}
