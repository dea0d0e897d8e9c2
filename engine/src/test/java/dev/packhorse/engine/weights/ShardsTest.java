package dev.packhorse.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.weights.WeightsFile.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardsTest {

    private static final String FIRST = "model-00001-of-00002.safetensors";
    private static final String SECOND = "model-00002-of-00002.safetensors";

    @TempDir
    Path folder;

    @Test
    void aTensorIsFoundInWhicheverFileHasIt() throws IOException {
        var shards = List.of(shard(FIRST, "bert.a.weight", 1), shard(SECOND, "bert.b.weight", 2));
        try (var weights = WeightsFile.safetensors("some model", shards)) {
            assertThat(weights.name()).isEqualTo("some model");
            assertThat(weights.names()).containsExactly("bert.a.weight", "bert.b.weight");
            assertThat(weights.read("a.weight", 1)).containsExactly(1);
            assertThat(weights.read("b.weight", 1)).containsExactly(2);
            assertThat(weights.has("b.weight")).isTrue();
            assertThat(weights.has("c.weight")).isFalse();
        }
    }

    @Test
    void aTensorInTwoFilesIsRefusedAndBothAreNamed() throws IOException {
        var shards = List.of(shard(FIRST, "a.weight", 1), shard(SECOND, "a.weight", 1));
        assertThatThrownBy(() -> WeightsFile.safetensors("some model", shards))
                .isInstanceOf(ModelException.class)
                .hasMessage(SECOND + ": expected a.weight in one file, found it in " + FIRST + " too");
    }

    @Test
    void aBrokenOrMissingFileIsNamedItself() throws IOException {
        var broken = new Shard(SECOND, Files.write(folder.resolve("broken"), new byte[3]));
        var first = shard(FIRST, "a.weight", 1);
        assertThatThrownBy(() -> WeightsFile.safetensors("some model", List.of(first, broken)))
                .isInstanceOf(ModelException.class)
                .hasMessage(SECOND + ": expected a safetensors header, found the end of the file");
        var missing = new Shard(SECOND, folder.resolve("missing"));
        assertThatThrownBy(() -> WeightsFile.safetensors("some model", List.of(first, missing)))
                .isInstanceOf(ModelException.class)
                .hasMessage(SECOND + ": expected a file of weights, found: " + folder.resolve("missing"));
    }

    @Test
    void aFileThatGrowsShorterIsNamedItself() throws IOException {
        var shards = List.of(shard(FIRST, "a.weight", 1), shard(SECOND, "b.weight", 2));
        try (var weights = WeightsFile.safetensors("some model", shards)) {
            Files.write(shards.get(1).path(), new byte[0]);
            assertThat(weights.read("a.weight", 1)).containsExactly(1);
            assertThatThrownBy(() -> weights.read("b.weight", 1))
                    .isInstanceOf(ModelException.class)
                    .hasMessageStartingWith(SECOND + ": expected 4 more bytes of weights at ");
        }
    }

    @Test
    void aTensorOfJustThatNameComesBeforeThoseWithPrefixes() throws IOException {
        var shards = List.of(
                shard("1", "norm.weight", 1),
                shard("2", "embeddings.norm.weight", 2),
                shard("3", "final_norm.weight", 3),
                shard("4", "layer.norm.weight", 4));
        try (var weights = WeightsFile.safetensors("some model", shards)) {
            assertThat(weights.read("norm.weight", 1)).containsExactly(1);
            assertThat(weights.has("norm.weight")).isTrue();
        }
        try (var weights = WeightsFile.safetensors("some model", shards.subList(1, 4))) {
            var message =
                    "some model: expected one tensor norm.weight, found [embeddings.norm.weight, layer.norm.weight]";
            assertThatThrownBy(() -> weights.read("norm.weight", 1))
                    .isInstanceOf(ModelException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> weights.has("norm.weight"))
                    .isInstanceOf(ModelException.class)
                    .hasMessage(message);
        }
        try (var weights = WeightsFile.safetensors("some model", shards.subList(1, 3))) {
            assertThat(weights.read("norm.weight", 1)).containsExactly(2);
        }
    }

    private Shard shard(String file, String tensor, float value) throws IOException {
        var header = "{\"%s\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}".formatted(tensor);
        var bytes = SafetensorsBytes.file(header, SafetensorsBytes.floats(value));
        return new Shard(file, Files.write(folder.resolve(file), bytes));
    }
}
