package dev.packhorse.engine.transformer;

import dev.packhorse.engine.Device;
import dev.packhorse.engine.Encoder;
import dev.packhorse.engine.EncoderInfo;
import dev.packhorse.engine.Precision;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Pooler;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The encoder as the papers write it, one token and one row at a time in plain Java: slow, and what the fast one is held
 * to. Attention: Vaswani et al., arXiv 1706.03762, section 3.2; order of layer norms: Devlin et al., arXiv 1810.04805.
 *
 * <p>Thread-safe: it changes nothing after it was made.
 */
public final class PlainEncoder implements Encoder {

    private final TransformerShape shape;
    private final Pooler pooler;
    private final float[] words; // [V, H]
    private final float[] positions; // [P, H]
    private final Norm embeddingNorm;
    private final List<LayerWeights> layers = new ArrayList<>();

    /** @param weights read here and left open */
    public PlainEncoder(TransformerWeights weights, Pooler pooler) {
        this.shape = weights.shape();
        this.pooler = pooler;
        this.words = new float[Math.multiplyExact(shape.vocabulary(), shape.hidden())];
        weights.wordEmbeddings(FloatBuffer.wrap(words));
        this.positions = weights.positionEmbeddings();
        this.embeddingNorm = weights.embeddingNorm();
        for (var layer = 0; layer < shape.layers(); layer++) {
            layers.add(weights.layer(layer));
        }
    }

    @Override
    public EncoderInfo info() {
        return new EncoderInfo(
                "plain", Device.CPU, Precision.FLOAT32, "Java loops", shape.hidden(), false, "the reference");
    }

    @Override
    public float[] encode(NestedBatch batch) {
        var values = batch.values();
        var offsets = batch.offsets();
        var x = new float[batch.tokens()][]; // [T][H]
        for (var b = 0; b < batch.size(); b++) {
            for (var t = offsets.get(b); t < offsets.get(b + 1); t++) {
                x[t] = norm(embedding(values.get(t), t - offsets.get(b)), embeddingNorm);
            }
        }
        for (var layer : layers) {
            for (var b = 0; b < batch.size(); b++) {
                attend(layer, x, offsets.get(b), offsets.get(b + 1));
            }
            for (var t = 0; t < x.length; t++) {
                x[t] = norm(sum(x[t], apply(layer.down(), gelu(apply(layer.up(), x[t])))), layer.feedForwardNorm());
            }
        }
        var hidden = FloatBuffer.allocate(batch.tokens() * shape.hidden());
        for (var token : x) {
            hidden.put(token);
        }
        return pooler.packed(batch, hidden, shape.hidden());
    }

    private float[] embedding(int word, int position) {
        var h = shape.hidden();
        var embedding = new float[h];
        for (var i = 0; i < h; i++) {
            embedding[i] = words[word * h + i] + positions[position * h + i];
        }
        return embedding;
    }

    /** Replaces the row x[from .. to) by its attention layer's output. */
    private void attend(LayerWeights layer, float[][] x, int from, int to) {
        var h = shape.hidden();
        var d = shape.headSize();
        var projected = new float[to - from][]; // [L][3 H]: q, k, v
        for (var t = from; t < to; t++) {
            projected[t - from] = apply(layer.queryKeyValue(), x[t]);
        }
        for (var t = from; t < to; t++) {
            var attended = new float[h];
            for (var head = 0; head < shape.heads(); head++) {
                var scores = new double[to - from];
                for (var s = 0; s < scores.length; s++) {
                    for (var i = head * d; i < (head + 1) * d; i++) {
                        scores[s] += projected[t - from][i] * projected[s][h + i];
                    }
                }
                softmax(scores);
                for (var i = head * d; i < (head + 1) * d; i++) {
                    var mean = 0.0;
                    for (var s = 0; s < scores.length; s++) {
                        mean += scores[s] * projected[s][2 * h + i];
                    }
                    attended[i] = (float) mean;
                }
            }
            x[t] = norm(sum(x[t], apply(layer.attentionOutput(), attended)), layer.attentionNorm());
        }
    }

    private static void softmax(double[] scores) {
        var greatest = Double.NEGATIVE_INFINITY;
        for (var score : scores) {
            greatest = Math.max(greatest, score);
        }
        var sum = 0.0;
        for (var s = 0; s < scores.length; s++) {
            scores[s] = Math.exp(scores[s] - greatest);
            sum += scores[s];
        }
        for (var s = 0; s < scores.length; s++) {
            scores[s] /= sum;
        }
    }

    private static float[] apply(Dense map, float[] x) {
        var y = new float[map.outputs()];
        for (var n = 0; n < y.length; n++) {
            var sum = 0.0;
            for (var k = 0; k < x.length; k++) {
                sum += map.weight()[n * x.length + k] * x[k];
            }
            y[n] = (float) (sum + map.bias()[n]);
        }
        return y;
    }

    private float[] norm(float[] x, Norm norm) {
        var mean = 0.0;
        for (var value : x) {
            mean += value;
        }
        mean /= x.length;
        var variance = 0.0;
        for (var value : x) {
            variance += (value - mean) * (value - mean);
        }
        variance /= x.length;
        var y = new float[x.length];
        for (var i = 0; i < x.length; i++) {
            y[i] = (float) ((x[i] - mean) / Math.sqrt(variance + shape.epsilon()) * norm.scale()[i] + norm.shift()[i]);
        }
        return y;
    }

    /** x times the normal distribution's cumulative function at x (Hendrycks and Gimpel, arXiv 1606.08415). */
    private static float[] gelu(float[] x) {
        var y = new float[x.length];
        for (var i = 0; i < x.length; i++) {
            y[i] = (float) (x[i] * 0.5 * (1 + erf(x[i] / Math.sqrt(2))));
        }
        return y;
    }

    /**
     * The error function: its Maclaurin series (Abramowitz and Stegun 7.1.6, whose terms are all positive), which gives
     * float's accuracy up to 4; beyond that it is 1 to float's accuracy.
     */
    private static double erf(double x) {
        if (Math.abs(x) > 4) {
            return Math.signum(x);
        }
        var term = x;
        var sum = x;
        for (var n = 1; Math.abs(term) > 1e-12 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    private static float[] sum(float[] a, float[] b) {
        var sum = new float[a.length];
        for (var i = 0; i < sum.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }

    @Override
    public void close() {
        // nothing outside the heap
    }
}
