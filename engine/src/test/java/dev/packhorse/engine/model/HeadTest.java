package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadTest {

    private static final Step NORMALIZE = new Step.Normalize();
    private static final Step DENSE = dense("a", 64, 16);
    private static final Head MEAN = Head.of(Pooling.MEAN, true);

    private static Step.Dense dense(String sha256, int inputs, int outputs) {
        return new Step.Dense(
                new ModelFile(
                        "2_Dense/model.safetensors",
                        new ModelFile.Location.Local("/models/2_Dense/model.safetensors"),
                        sha256.repeat(64)),
                inputs,
                outputs,
                true,
                DenseActivation.TANH);
    }

    private static Head head(Step... steps) {
        return new Head(List.of(Pooling.MEAN), true, List.of(steps));
    }

    @Test
    void thePooledVectorsAreAsLongAsAllPoolingsTogether() {
        assertThat(MEAN.dimension(32)).isEqualTo(32);
        assertThat(MEAN.withPoolings(List.of(Pooling.CLS, Pooling.MAX)).dimension(32))
                .isEqualTo(64);
        assertThat(MEAN.withPoolings(List.of()).dimension(32)).isEqualTo(32);
    }

    @Test
    void eachStepSaysHowLongItsVectorsAre() {
        var head = new Head(List.of(Pooling.CLS, Pooling.MEAN), true, List.of(DENSE, NORMALIZE, new Step.Truncate(8)));
        assertThat(head.dimension(32)).isEqualTo(8);
    }

    @Test
    void aStepThatDoesNotFitIsNamed() {
        var head = head(DENSE);
        assertThatThrownBy(() -> head.dimension(32))
                .isInstanceOf(ModelException.class)
                .hasMessage("/models/2_Dense/model.safetensors: expected Dense to map vectors of 32 numbers to at least"
                        + " one, found 64 to 16");
        var nothing = head(dense("a", 32, 0));
        assertThatThrownBy(() -> nothing.dimension(32))
                .isInstanceOf(ModelException.class)
                .hasMessageEndingWith("found 32 to 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 33})
    void vectorsAreNotCutToWhatTheyDoNotHave(int dimension) {
        var message = "dimension: expected from 1 to the 32 that the model's vectors have, found " + dimension;
        var head = head(new Step.Truncate(dimension));
        assertThatThrownBy(() -> head.dimension(32))
                .isInstanceOf(ModelException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> MEAN.withDimension(32, dimension))
                .isInstanceOf(ModelException.class)
                .hasMessage(message);
    }

    @Test
    void vectorsThatHadLengthOneHaveItAgainWhenCut() {
        assertThat(MEAN.withDimension(32, 8)).isEqualTo(head(NORMALIZE, new Step.Truncate(8), NORMALIZE));
        assertThat(head().withDimension(32, 8)).isEqualTo(head(new Step.Truncate(8)));
    }

    @Test
    void vectorsCutToTheirOwnLengthAreTheSame() {
        assertThat(MEAN.withDimension(32, 32)).isEqualTo(MEAN);
    }

    @Test
    void aNormalisationIsAddedOnlyWhereTheLastStepIsNone() {
        assertThat(MEAN.withNormalize(true)).isEqualTo(MEAN);
        assertThat(head(NORMALIZE, new Step.Truncate(8)).withNormalize(true))
                .isEqualTo(head(NORMALIZE, new Step.Truncate(8), NORMALIZE));
        assertThat(head().withNormalize(true)).isEqualTo(MEAN);
    }

    @Test
    void noNormalisationMeansNoneBehindTheLastDenseLayer() {
        assertThat(head(NORMALIZE, DENSE, NORMALIZE).withNormalize(false)).isEqualTo(head(NORMALIZE, DENSE));
        assertThat(head(NORMALIZE, new Step.Truncate(8), NORMALIZE).withNormalize(false))
                .isEqualTo(head(new Step.Truncate(8)));
    }

    @Test
    void onlyWhatEndsWithANormalisationNormalises() {
        assertThat(MEAN.normalizes()).isTrue();
        assertThat(head().normalizes()).isFalse();
        assertThat(head(NORMALIZE, DENSE).normalizes()).isFalse();
    }

    @Test
    void theDescriptionSaysAllThatDecidesAVector() {
        var head = new Head(List.of(Pooling.CLS, Pooling.MEAN), false, List.of(DENSE, NORMALIZE, new Step.Truncate(8)));
        assertThat(head.description())
                .isEqualTo("cls+mean(without-prompt)|dense(64->16,bias,tanh," + "a".repeat(64)
                        + ")|normalize|truncate(8)");
        assertThat(MEAN.withPoolings(List.of()).description()).isEqualTo("pooled|normalize");
    }

    @Test
    void differentHeadsHaveDifferentDescriptions() {
        var heads = List.of(
                MEAN,
                head(),
                head(NORMALIZE, NORMALIZE),
                Head.of(Pooling.CLS, true),
                MEAN.withPoolings(List.of()),
                MEAN.withPoolings(List.of(Pooling.CLS, Pooling.MEAN)),
                MEAN.withPoolings(List.of(Pooling.MEAN, Pooling.CLS)),
                new Head(List.of(Pooling.MEAN), false, List.of(NORMALIZE)),
                head(DENSE),
                head(dense("b", 64, 16)),
                head(new Step.Dense(((Step.Dense) DENSE).weights(), 64, 16, false, DenseActivation.TANH)),
                head(new Step.Dense(((Step.Dense) DENSE).weights(), 64, 16, true, DenseActivation.RELU)),
                head(new Step.Truncate(8)),
                head(new Step.Truncate(9)));
        assertThat(new HashSet<>(heads.stream().map(Head::description).toList()))
                .hasSameSizeAs(heads);
    }

    @Test
    void whereAFileLiesChangesNothingButThat() {
        var head = head(DENSE, NORMALIZE);
        var moved = head.withFiles(file -> new ModelFile.Location.Local("/elsewhere/" + file.sha256()));
        assertThat(moved.description()).isEqualTo(head.description());
        assertThat(moved.files())
                .containsExactly(new ModelFile(
                        "2_Dense/model.safetensors",
                        new ModelFile.Location.Local("/elsewhere/" + "a".repeat(64)),
                        "a".repeat(64)));
        assertThat(MEAN.files()).isEmpty();
    }

    @Test
    void itTravels() throws IOException, ClassNotFoundException {
        var head = new Head(List.of(Pooling.CLS, Pooling.MEAN), false, List.of(DENSE, NORMALIZE, new Step.Truncate(8)));
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(head);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(head);
        }
    }

    @ParameterizedTest
    @EnumSource(Pooling.class)
    void aPoolingIsFoundByItsNames(Pooling pooling) {
        assertThat(Pooling.named(pooling.id())).contains(pooling);
        assertThat(Pooling.named("pooling_mode_" + pooling.id())).isEmpty();
        assertThat(pooling.flag()).startsWith("pooling_mode_" + pooling.id());
    }

    @Test
    void poolingsAreNamedAsSentenceTransformersDoes() {
        assertThat(Pooling.named("mean_sqrt_len_tokens")).contains(Pooling.MEAN_SQRT_LEN);
        assertThat(Pooling.ids()).isEqualTo("cls, max, mean, mean_sqrt_len, weightedmean, lasttoken");
    }

    @ParameterizedTest
    @EnumSource(DenseActivation.class)
    void anActivationIsFoundByItsClass(DenseActivation activation) {
        assertThat(DenseActivation.ofTorchClass(activation.torchClass())).contains(activation);
        assertThat(DenseActivation.ofTorchClass(activation.id())).isEmpty();
        assertThat(DenseActivation.torchClasses()).contains(activation.torchClass());
        assertThat(Arrays.stream(DenseActivation.values()).map(DenseActivation::id))
                .doesNotHaveDuplicates();
    }
}
