package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.ModelException;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.Precision;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.transformer.TransformerShape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelTest {

    private static final ModelFile ONNX = file("onnx", "a");
    private static final ModelFile TOKENIZER = file("tokenizer", "b");
    private static final Architecture BERT =
            new Architecture.Known("bert", TransformerShape.bert(32, 2, 4, 64, 550, 128, 1e-12f));
    private static final Model MODEL = model(ONNX, TOKENIZER, 32, 64, Pooling.MEAN, true);

    private static Model model(
            ModelFile onnx, ModelFile tokenizer, int dimension, int maxSeqLength, Pooling pooling, boolean normalize) {
        return new Model("some", onnx, List.of(), tokenizer, BERT, dimension, maxSeqLength, pooling, normalize);
    }

    private static ModelFile file(String name, String digit) {
        return new ModelFile(new ModelFile.Location.Local("/models/" + name), digit.repeat(64));
    }

    private static ModelFile.Location elsewhere(ModelFile file) {
        return new ModelFile.Location.Local("/tmp" + file.location());
    }

    /** Vectors of earlier releases carry it: should it change, every corpus would have to be embedded again. */
    @Test
    void theFingerprintStaysTheSameFromReleaseToRelease() {
        // from sha256sum over the lines that Model.fingerprint names
        assertThat(MODEL.fingerprint(Precision.FLOAT32))
                .isEqualTo("ff4e5feda58446a2c8be3038f177ad75326f092cdba737dad6ed9443e766c106");
    }

    @Test
    void theFingerprintChangesWithEachPart() {
        var models = List.of(
                MODEL,
                model(file("onnx", "c"), TOKENIZER, 32, 64, Pooling.MEAN, true),
                model(ONNX, file("tokenizer", "c"), 32, 64, Pooling.MEAN, true),
                model(TOKENIZER, ONNX, 32, 64, Pooling.MEAN, true),
                model(ONNX, TOKENIZER, 33, 64, Pooling.MEAN, true),
                model(ONNX, TOKENIZER, 32, 65, Pooling.MEAN, true),
                model(ONNX, TOKENIZER, 32, 64, Pooling.CLS, true),
                model(ONNX, TOKENIZER, 32, 64, Pooling.MEAN, false));
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
        return new Model("some", ONNX, List.of(safetensors), TOKENIZER, BERT, 32, 64, Pooling.MEAN, true)
                .fingerprint(Precision.FLOAT32);
    }

    @Test
    void theFingerprintKnowsNothingOfNamesAndPlaces() {
        var moved = new Model(
                        "other",
                        ONNX,
                        List.of(),
                        TOKENIZER,
                        new Architecture.Opaque(List.of()),
                        32,
                        64,
                        Pooling.MEAN,
                        true)
                .withFiles(ModelTest::elsewhere);
        assertThat(moved.fingerprint(Precision.FLOAT32)).isEqualTo(MODEL.fingerprint(Precision.FLOAT32));
        assertThat(moved.onnx().location()).hasToString("/tmp/models/onnx");
        assertThat(moved.tokenizer().location()).hasToString("/tmp/models/tokenizer");
    }

    @Test
    void allOfItsFilesAreMoved() {
        var weights = file("weights", "d");
        var moved = new Model("some", ONNX, List.of(weights), TOKENIZER, BERT, 32, 64, Pooling.MEAN, true)
                .withFiles(ModelTest::elsewhere);
        assertThat(moved.onnx()).isEqualTo(ONNX.at(elsewhere(ONNX)));
        assertThat(moved.safetensors()).containsExactly(weights.at(elsewhere(weights)));
        assertThat(moved.tokenizer()).isEqualTo(TOKENIZER.at(elsewhere(TOKENIZER)));
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
