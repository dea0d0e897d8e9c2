package dev.packhorse.engine.transformer;

import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.Random;

/** Weights of any shape, the same for the same seed. */
public record RandomWeights(TransformerShape shape, long seed) implements TransformerWeights {

    /** What a tensor's numbers depend on, beside the seed. */
    private enum Part {
        WORDS,
        POSITIONS,
        EMBEDDING_NORM,
        PROJECTION,
        RELATIVE,
        FINAL_NORM,
        ATTENTION_NORM,
        QUERY_KEY_VALUE,
        ATTENTION_OUTPUT,
        FEED_FORWARD_NORM,
        UP,
        GATE,
        DOWN
    }

    @Override
    public void wordEmbeddings(FloatBuffer into) {
        into.put(numbers(Part.WORDS, 0, shape.vocabulary() * shape.embedding(), 1));
    }

    @Override
    public float[] positionEmbeddings() {
        return numbers(Part.POSITIONS, 0, shape.positionRows() * shape.embedding(), 0.3);
    }

    @Override
    public Norm embeddingNorm() {
        return norm(Part.EMBEDDING_NORM, 0, shape.embedding());
    }

    @Override
    public Optional<Dense> embeddingProjection() {
        return shape.embedding() == shape.hidden()
                ? Optional.empty()
                : Optional.of(dense(Part.PROJECTION, 0, shape.embedding(), shape.hidden()));
    }

    @Override
    public float[] relativeBias() {
        return shape.relativePositions()
                ? numbers(Part.RELATIVE, 0, shape.heads() * (2 * shape.positions() - 1), 1)
                : new float[0];
    }

    @Override
    public LayerWeights layer(int layer) {
        var h = shape.hidden();
        var f = shape.intermediate();
        return new LayerWeights(
                layer == 0 && shape.normOrder() == TransformerShape.NormOrder.BEFORE
                        ? Optional.empty()
                        : Optional.of(norm(Part.ATTENTION_NORM, layer, h)),
                LayerWeights.queryKeyValue(dense(Part.QUERY_KEY_VALUE, layer, h, 3 * h), shape.headSize()),
                dense(Part.ATTENTION_OUTPUT, layer, h, h),
                norm(Part.FEED_FORWARD_NORM, layer, h),
                dense(Part.UP, layer, h, f),
                shape.feedForward().gated() ? Optional.of(dense(Part.GATE, layer, h, f)) : Optional.empty(),
                dense(Part.DOWN, layer, f, h));
    }

    @Override
    public Optional<Norm> finalNorm() {
        return shape.normOrder() == TransformerShape.NormOrder.BEFORE
                ? Optional.of(norm(Part.FINAL_NORM, 0, shape.hidden()))
                : Optional.empty();
    }

    private Dense dense(Part part, int layer, int inputs, int outputs) {
        return new Dense(
                inputs,
                outputs,
                numbers(part, layer, inputs * outputs, 1 / Math.sqrt(inputs)),
                numbers(part, layer + shape.layers().size(), outputs, 0.1));
    }

    private Norm norm(Part part, int layer, int width) {
        var scale = numbers(part, layer, width, 0.1);
        for (var i = 0; i < width; i++) {
            scale[i] += 1;
        }
        return new Norm(scale, numbers(part, layer + shape.layers().size(), width, 0.1));
    }

    private float[] numbers(Part part, int layer, int count, double deviation) {
        var random = new Random(seed * 1_000 + part.ordinal() * 50L + layer);
        var numbers = new float[count];
        for (var i = 0; i < count; i++) {
            numbers[i] = (float) (deviation * random.nextGaussian());
        }
        return numbers;
    }

    @Override
    public void close() {
        // nothing outside the heap
    }
}
