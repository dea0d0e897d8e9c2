package dev.packhorse.engine.reference;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.InUse;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Erf;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.LayerAttention;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.Rotation;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The encoder as the papers write it, one token and one row at a time in plain Java: slow, and what the fast one is held
 * to. Attention: Vaswani et al., arXiv 1706.03762, section 3.2; the rest where {@link TransformerShape}, {@link
 * LayerWeights} and {@link Rotation} say.
 *
 * <p>Thread-safe: it changes nothing after it was made, but for being closed.
 */
public final class PlainEncoder implements Encoder {

    private final TransformerShape shape;
    private final Pooler pooler;
    private final float[] words; // [V, E]
    private final float[] positions; // [P + 1, E], [1, E] or nothing
    private final Norm embeddingNorm;
    private final Optional<Dense> embeddingProjection;
    private final float[] relativeBias; // [heads, 2 P - 1] or nothing
    private final List<LayerWeights> layers = new ArrayList<>();
    private final Optional<Norm> finalNorm;
    private final InUse inUse = new InUse("the encoder");

    /** @param weights read here and left open */
    public PlainEncoder(TransformerWeights weights, Pooler pooler) {
        this.shape = weights.shape();
        this.pooler = pooler;
        this.words = new float[Math.multiplyExact(shape.vocabulary(), shape.embedding())];
        weights.wordEmbeddings(FloatBuffer.wrap(words));
        this.positions = weights.positionEmbeddings();
        this.embeddingNorm = weights.embeddingNorm();
        this.embeddingProjection = weights.embeddingProjection();
        this.relativeBias = weights.relativeBias();
        for (var layer = 0; layer < shape.layers().size(); layer++) {
            layers.add(weights.layer(layer));
        }
        this.finalNorm = weights.finalNorm();
    }

    @Override
    public EncoderInfo info() {
        return new EncoderInfo(
                "plain",
                new Device.Cpu(),
                Precision.FLOAT32,
                "Java loops",
                pooler.dimension(shape.hidden()),
                false,
                "the reference");
    }

    @Override
    public float[] encode(NestedBatch batch) {
        return inUse.use(() -> encodeRows(batch));
    }

    private float[] encodeRows(NestedBatch batch) {
        if (batch.longest() > shape.positions()) {
            throw new EncoderException("expected rows of at most %d tokens, found one of %d"
                    .formatted(shape.positions(), batch.longest()));
        }
        var hidden = FloatBuffer.allocate(batch.tokens() * shape.hidden()); // [T, H]
        for (var b = 0; b < batch.size(); b++) {
            var row = new int[batch.offsets().get(b + 1) - batch.offsets().get(b)];
            batch.values().get(batch.offsets().get(b), row);
            var states = states(row);
            for (var token : norm(states.get(layers.size()), finalNorm)) {
                hidden.put(token);
            }
        }
        return pooler.packed(batch, hidden, shape.hidden());
    }

    /**
     * One row through all layers.
     *
     * @param row [L] token ids
     * @return the tokens' vectors, [L][H], as embedded and after each layer, before a final norm
     * @throws EncoderException when a token id is none of the model's
     */
    public List<float[][]> states(int[] row) {
        var x = embed(row);
        var states = new ArrayList<float[][]>();
        states.add(x);
        for (var i = 0; i < layers.size(); i++) {
            var layer = layers.get(i);
            var attention = shape.layers().get(i);
            switch (shape.normOrder()) {
                case AFTER -> {
                    x = norm(sum(x, attend(layer, attention, x)), layer.attentionNorm());
                    x = norm(sum(x, feedForward(layer, x)), Optional.of(layer.feedForwardNorm()));
                }
                case BEFORE -> {
                    x = sum(x, attend(layer, attention, norm(x, layer.attentionNorm())));
                    x = sum(x, feedForward(layer, norm(x, Optional.of(layer.feedForwardNorm()))));
                }
            }
            states.add(x);
        }
        return states;
    }

    private float[][] embed(int[] row) {
        var e = shape.embedding();
        var x = new float[row.length][e];
        var position = 0;
        for (var t = 0; t < row.length; t++) {
            if (row[t] < 0 || row[t] >= shape.vocabulary()) {
                throw new EncoderException(
                        "expected a token id below %d, found %d".formatted(shape.vocabulary(), row[t]));
            }
            var at = row[t] == shape.padding() ? shape.positions() : position++;
            for (var i = 0; i < e; i++) {
                x[t][i] = words[row[t] * e + i]
                        + (positions.length == 0 ? 0 : positions[(at * e + i) % positions.length]);
            }
        }
        var normed = norm(x, Optional.of(embeddingNorm));
        return embeddingProjection.map(map -> apply(map, normed)).orElse(normed);
    }

    /** @return [L][H], what attention adds to the tokens */
    private float[][] attend(LayerWeights layer, LayerAttention attention, float[][] x) {
        var h = shape.hidden();
        var d = shape.headSize();
        var projected = apply(layer.queryKeyValue(), x); // [L][3 H]: q, k, v
        for (var t = 0; t < x.length; t++) {
            rotate(attention.rotation(), projected[t], t);
        }
        var attended = new float[x.length][h];
        for (var t = 0; t < x.length; t++) {
            for (var head = 0; head < shape.heads(); head++) {
                var shares = scores(attention, projected, head, t);
                softmax(shares);
                for (var i = head * d; i < (head + 1) * d; i++) {
                    var mean = 0.0;
                    for (var s = 0; s < shares.length; s++) {
                        mean += shares[s] * projected[s][2 * h + i];
                    }
                    attended[t][i] = (float) mean;
                }
            }
        }
        return apply(layer.attentionOutput(), attended);
    }

    /** Turns the queries and keys of a token, [3 H], by its position. */
    private void rotate(Rotation rotation, float[] projected, int position) {
        if (!rotation.turns()) {
            return;
        }
        var d = shape.headSize();
        var angles = rotation.anglesPerPosition(d);
        for (var head = 0; head < 2 * shape.heads(); head++) { // queries, then keys
            for (var i = 0; i < d / 2; i++) {
                var a = projected[head * d + i];
                var b = projected[head * d + i + d / 2];
                var cos = Math.cos(position * angles[i]);
                var sin = Math.sin(position * angles[i]);
                projected[head * d + i] = (float) (a * cos - b * sin);
                projected[head * d + i + d / 2] = (float) (b * cos + a * sin);
            }
        }
    }

    /** What a token's query gives for each key of the row, [L]; nothing for those that it does not see. */
    private double[] scores(LayerAttention attention, float[][] projected, int head, int t) {
        var h = shape.hidden();
        var d = shape.headSize();
        var scores = new double[projected.length];
        for (var s = 0; s < scores.length; s++) {
            if (Math.abs(s - t) > attention.window()) {
                scores[s] = Double.NEGATIVE_INFINITY;
                continue;
            }
            for (var i = head * d; i < (head + 1) * d; i++) {
                scores[s] += projected[t][i] * projected[s][h + i];
            }
            if (shape.relativePositions()) {
                var p = shape.positions();
                scores[s] += relativeBias[head * (2 * p - 1) + s - t + p - 1];
            }
        }
        return scores;
    }

    private float[][] feedForward(LayerWeights layer, float[][] x) {
        var inner = apply(layer.up(), x);
        for (var token : inner) {
            for (var i = 0; i < token.length; i++) {
                token[i] = (float) activate(token[i]);
            }
        }
        layer.gate().ifPresent(map -> {
            var gates = apply(map, x);
            for (var t = 0; t < inner.length; t++) {
                for (var i = 0; i < inner[t].length; i++) {
                    inner[t][i] *= gates[t][i];
                }
            }
        });
        return apply(layer.down(), inner);
    }

    private double activate(double x) {
        return switch (shape.feedForward().activation()) {
            case GELU -> x * 0.5 * (1 + Erf.of(x / Math.sqrt(2)));
            case GELU_TANH -> x * 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case RELU -> Math.max(x, 0);
            case SILU -> x / (1 + Math.exp(-x));
        };
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

    private static float[][] apply(Dense map, float[][] x) {
        var y = new float[x.length][map.outputs()];
        for (var t = 0; t < x.length; t++) {
            for (var n = 0; n < map.outputs(); n++) {
                var sum = 0.0;
                for (var k = 0; k < map.inputs(); k++) {
                    sum += map.weight()[n * map.inputs() + k] * x[t][k];
                }
                y[t][n] = (float) (sum + map.bias()[n]);
            }
        }
        return y;
    }

    private float[][] norm(float[][] x, Optional<Norm> norm) {
        if (norm.isEmpty()) {
            return x;
        }
        var y = new float[x.length][];
        for (var t = 0; t < x.length; t++) {
            y[t] = norm(x[t], norm.get());
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

    private static float[][] sum(float[][] a, float[][] b) {
        var sum = new float[a.length][a[0].length];
        for (var t = 0; t < sum.length; t++) {
            for (var i = 0; i < sum[t].length; i++) {
                sum[t][i] = a[t][i] + b[t][i];
            }
        }
        return sum;
    }

    @Override
    public void close() {
        inUse.close(() -> {}); // nothing is outside the heap
    }
}
