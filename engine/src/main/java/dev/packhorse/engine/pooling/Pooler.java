package dev.packhorse.engine.pooling;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NestedBatch;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Carries out a {@link Head}: pools token vectors, wherever an encoder left them, and does the head's steps. Reads each
 * row's own tokens and never what lies behind them. Immutable, thread-safe.
 */
public final class Pooler {

    private final Head head;
    private final int skipped;
    private final List<VectorStep> steps;

    private Pooler(Head head, int skipped) {
        this.head = head;
        this.skipped = skipped;
        this.steps = head.steps().stream().map(VectorStep::open).toList();
    }

    /** Pools all tokens, and normalises where it is wanted. */
    public Pooler(Pooling pooling, boolean normalize) {
        this(Head.of(pooling, normalize), 0);
    }

    /**
     * Reads the weights that the head's steps need.
     *
     * @param promptTokens how many tokens at the start of every row are the prompt's; they are left out of pooling where
     *     the head says so
     * @throws ModelException when a file is missing or changed, or its tensors are not those that the head names
     * @throws IllegalArgumentException when there are fewer than 0 tokens of a prompt
     */
    public static Pooler open(Head head, int promptTokens) {
        if (promptTokens < 0) {
            throw new IllegalArgumentException("expected no fewer than 0 tokens of a prompt, found " + promptTokens);
        }
        return new Pooler(head, head.includePrompt() ? 0 : promptTokens);
    }

    /** What it carries out. */
    public Head head() {
        return head;
    }

    /** How many tokens at the start of each row are left out of pooling. */
    public int skipped() {
        return skipped;
    }

    /** How token vectors are pooled; empty where they must be pooled already. */
    public List<Pooling> poolings() {
        return head.poolings();
    }

    /**
     * D, the length of the vectors that come out.
     *
     * @param hiddenSize that of the token vectors, or of the vectors given to {@link #pooled}
     * @throws ModelException when a step does not fit what comes before it
     */
    public int dimension(int hiddenSize) {
        return head.dimension(hiddenSize);
    }

    /**
     * Pools vectors that lie packed, as the batch's tokens do.
     *
     * @param hidden [T, H] float32 row-major; stays the caller's
     * @param hiddenSize H
     * @return [B, D] row-major
     * @throws EncoderException when a row has no more tokens than are left out of pooling
     * @throws IllegalStateException when the head wants vectors that are pooled already
     */
    public float[] packed(NestedBatch batch, FloatBuffer hidden, int hiddenSize) {
        return pool(batch, hidden, hiddenSize, batch.offsets()::get);
    }

    /**
     * The vectors of a padded batch, of an encoder's answer as it comes.
     *
     * @param answer [B, S, width] where there is a vector for each token, else [B, width], which the encoder pooled itself
     * @param width H of token vectors, D0 of pooled ones
     * @return [B, D]
     */
    public float[] answered(NestedBatch batch, FloatBuffer answer, boolean perToken, int width) {
        if (perToken) {
            return padded(batch, answer, width);
        }
        var vectors = new float[batch.size() * width]; // [B, D0]
        answer.get(0, vectors);
        return pooled(batch.size(), vectors);
    }

    /**
     * Pools vectors that lie in a padded rectangle.
     *
     * @param hidden [B, S, H] float32 row-major, S the longest row of the batch; stays the caller's
     * @param hiddenSize H
     * @return [B, D] row-major
     * @throws EncoderException when a row has no more tokens than are left out of pooling
     * @throws IllegalStateException when the head wants vectors that are pooled already
     */
    public float[] padded(NestedBatch batch, FloatBuffer hidden, int hiddenSize) {
        return pool(batch, hidden, hiddenSize, b -> b * batch.longest());
    }

    /**
     * Does the steps alone, to vectors that were pooled elsewhere.
     *
     * @param rows B
     * @param vectors [B, D0] row-major; its numbers are changed
     * @return [B, D] row-major; perhaps the same array
     */
    public float[] pooled(int rows, float[] vectors) {
        var stepped = vectors;
        for (var step : steps) {
            stepped = step.apply(stepped, rows);
        }
        return stepped;
    }

    /** @throws EncoderException when a row of that length has no more tokens than are left out of pooling */
    public void check(int length) {
        if (length <= skipped) {
            // sentence-transformers makes vectors of zeros here, or of -infinity, which mean nothing
            throw new EncoderException(
                    "expected a text of more tokens than the %d of the prompt, which this model does not pool, found %d; the prompt is too long for the maximum length"
                            .formatted(skipped, length));
        }
    }

    /** @param firstToken of each row, the index of its first token among all token vectors */
    private float[] pool(NestedBatch batch, FloatBuffer hidden, int hiddenSize, IntUnaryOperator firstToken) {
        if (head.poolings().isEmpty()) {
            throw new IllegalStateException("expected vectors that are pooled already, found token vectors");
        }
        var width = head.pooledDimension(hiddenSize);
        var vectors = new float[batch.size() * width]; // [B, poolings * H]
        var rows = new RowPooling(head.poolings(), hidden, hiddenSize);
        var offsets = batch.offsets();
        for (var b = 0; b < batch.size(); b++) {
            var length = offsets.get(b + 1) - offsets.get(b);
            check(length);
            rows.pool(firstToken.applyAsInt(b), skipped, length, vectors, b * width);
        }
        return pooled(batch.size(), vectors);
    }
}
