package dev.packhorse.engine.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.FamilyFixtures;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.model.DenseActivation;
import dev.packhorse.engine.model.ModelFile;
import dev.packhorse.engine.model.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearTest {

    @TempDir
    Path folder;

    private final RandomGenerator random = Seeds.random();

    @ParameterizedTest
    // torch 2: torch.nn.<class>()(torch.tensor([-9, -1, 0, 0.5, 9], dtype=torch.float64))
    @CsvSource({
        "IDENTITY, -9, -1, 0, 0.5, 9",
        "TANH, -0.99999997, -0.76159416, 0, 0.46211716, 0.99999997",
        "RELU, 0, 0, 0, 0.5, 9",
        "GELU, 0, -0.15865525, 0, 0.34573123, 9",
        "SIGMOID, 0.00012339458, 0.26894142, 0.5, 0.62245933, 0.99987661"
    })
    void activationsAreThoseOfTorch(DenseActivation activation, float a, float b, float c, float d, float e) {
        var one = new Tensor("linear.weight", new int[] {1, 1}, new float[] {1});
        var linear = Linear.open(new Step.Dense(write(one), 1, 1, false, activation));
        assertThat(linear.apply(new float[] {-9, -1, 0, 0.5f, 9}, 5))
                .containsExactly(new float[] {a, b, c, d, e}, within(1e-7f));
    }

    @Test
    void anyRowsAreMappedAsByThePlainLoops() {
        for (var round = 0; round < 50; round++) {
            var inputs = random.nextInt(1, 40);
            var outputs = random.nextInt(1, 40);
            var rows = random.nextInt(1, 10);
            var weight = floats(outputs * inputs);
            var bias = floats(outputs);
            var vectors = floats(rows * inputs);
            var linear = Linear.open(new Step.Dense(
                    write(
                            new Tensor("linear.weight", new int[] {outputs, inputs}, weight),
                            new Tensor("linear.bias", new int[] {outputs}, bias)),
                    inputs,
                    outputs,
                    true,
                    DenseActivation.IDENTITY));
            var expected = new float[rows * outputs];
            for (var b = 0; b < rows; b++) {
                for (var n = 0; n < outputs; n++) {
                    var sum = (double) bias[n];
                    for (var k = 0; k < inputs; k++) {
                        sum += (double) weight[n * inputs + k] * vectors[b * inputs + k];
                    }
                    expected[b * outputs + n] = (float) sum;
                }
            }
            assertThat(Closeness.difference(expected, linear.apply(vectors.clone(), rows)))
                    .isLessThan(1e-5);
            for (var b = 0; b < rows; b++) {
                var alone = linear.apply(Arrays.copyOfRange(vectors, b * inputs, (b + 1) * inputs), 1);
                assertThat(alone)
                        .containsExactly(Arrays.copyOfRange(
                                linear.apply(vectors.clone(), rows), b * outputs, (b + 1) * outputs));
            }
        }
    }

    @Test
    void aWeightOfAnotherShapeIsNamed() {
        var file = write(new Tensor("linear.weight", new int[] {2, 3}, new float[6]));
        assertRefused(file, 2, 3, false, "expected linear.weight of shape [3, 2], found [2, 3]");
    }

    @Test
    void aBiasThatIsNotThereIsNamed() {
        var file = write(new Tensor("linear.weight", new int[] {2, 3}, new float[6]));
        assertRefused(file, 3, 2, true, "expected one tensor linear.bias, found none among 1");
    }

    @Test
    void aBiasThatTheConfigurationDoesNotSpeakOfIsNamed() {
        var file = write(
                new Tensor("linear.weight", new int[] {2, 3}, new float[6]),
                new Tensor("linear.bias", new int[] {2}, new float[2]));
        assertRefused(
                file,
                3,
                2,
                false,
                "expected no tensors but [linear.weight], as its config.json says, found [linear.bias, linear.weight]");
    }

    @Test
    void aResidualIsNotLeftAside() {
        var file = write(
                new Tensor("linear.weight", new int[] {2, 3}, new float[6]),
                new Tensor("linear.bias", new int[] {2}, new float[2]),
                new Tensor("residual.weight", new int[] {2, 3}, new float[6]));
        assertRefused(
                file,
                3,
                2,
                true,
                "expected no tensors but [linear.weight, linear.bias], as its config.json says,"
                        + " found [linear.bias, linear.weight, residual.weight]");
    }

    @Test
    void aFileThatChangedIsRefused() throws IOException {
        var file = write(new Tensor("linear.weight", new int[] {2, 3}, new float[6]));
        Files.writeString(folder.resolve("model.safetensors"), "another");
        var step = new Step.Dense(file, 3, 2, false, DenseActivation.TANH);
        assertThatThrownBy(() -> Linear.open(step))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(file.location() + ": expected SHA-256 " + file.sha256() + ", found ");
    }

    private static void assertRefused(ModelFile file, int inputs, int outputs, boolean bias, String message) {
        var step = new Step.Dense(file, inputs, outputs, bias, DenseActivation.TANH);
        assertThatThrownBy(() -> Linear.open(step))
                .isInstanceOf(ModelException.class)
                .hasMessage(file.location() + ": " + message);
    }

    private float[] floats(int count) {
        var floats = new float[count];
        for (var i = 0; i < count; i++) {
            floats[i] = random.nextFloat(-1, 1);
        }
        return floats;
    }

    private record Tensor(String name, int[] shape, float[] values) {}

    private ModelFile write(Tensor... tensors) {
        var entries = new ArrayList<String>();
        var end = 0;
        for (var tensor : tensors) {
            var start = end;
            end += tensor.values().length * Float.BYTES;
            entries.add("\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                    .formatted(tensor.name(), Arrays.toString(tensor.shape()), start, end));
        }
        var header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(Long.BYTES + header.length + end).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header);
        for (var tensor : tensors) {
            for (var value : tensor.values()) {
                bytes.putFloat(value);
            }
        }
        try {
            return FamilyFixtures.file(Files.write(folder.resolve("model.safetensors"), bytes.array()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
