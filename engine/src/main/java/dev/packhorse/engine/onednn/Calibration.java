package dev.packhorse.engine.onednn;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How large the inputs of each linear map become, channel by channel, over some texts. A few channels are ten times as
 * large as all others, in every text the same ones; quantised with one scale they would leave the others few steps.
 */
final class Calibration {

    /** Knows nothing, and needs nothing: for floats. */
    static final Calibration NONE = new Calibration(0);

    private final int tokens;
    private final Map<PackedDense, float[]> maxima = new HashMap<>();

    private Calibration(int tokens) {
        this.tokens = tokens;
    }

    /** The greatest absolute value of each input of a layer's maps; the gate's inputs are those of the map up. */
    record LayerMaxima(float[] queryKeyValue, float[] attentionOutput, float[] up, float[] down) {}

    /**
     * Encodes rows in float32 and watches the inputs.
     *
     * @param rows arrays of token ids
     * @return for each layer
     */
    static List<LayerMaxima> measure(NativeMemory memory, TransformerWeights weights, List<int[]> rows) {
        try (var batch = NestedBatch.pack(memory, rows);
                var packed =
                        new PackedWeights(memory, weights, Numbers.of(Precision.FLOAT32), batch.tokens(), List.of());
                var workspace = new Workspace(memory, packed, packed.capacity())) {
            var calibration = new Calibration(batch.tokens());
            workspace.watch(calibration);
            new ForwardPass(packed, workspace).run(batch);
            return packed.layers().stream()
                    .map(layer -> new LayerMaxima(
                            calibration.maxima.get(layer.queryKeyValue()),
                            calibration.maxima.get(layer.attentionOutput()),
                            calibration.maxima.get(layer.up()),
                            calibration.maxima.get(layer.down())))
                    .toList();
        }
    }

    /** @param values [M, K] row-major; the rows beyond the tokens' are nobody's */
    void inputs(PackedDense dense, FloatBuffer values) {
        var k = dense.spec().inputs();
        var greatest = new float[k];
        for (var i = 0; i < tokens * k; i++) {
            greatest[i % k] = Math.max(greatest[i % k], Math.abs(values.get(i)));
        }
        maxima.put(dense, greatest);
    }

    /** Whether there is anything to watch. */
    boolean watches() {
        return tokens > 0;
    }
}
