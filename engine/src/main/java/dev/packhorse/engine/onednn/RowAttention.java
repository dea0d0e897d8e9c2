package dev.packhorse.engine.onednn;

import dev.packhorse.engine.transformer.LayerAttention;
import dev.packhorse.engine.transformer.TransformerShape;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.dnnl.stream;

/**
 * Attention over rows, one at a time, each block by block: the tokens of a row see each other, as far as their window
 * reaches, and nobody else. Measured against groups of rows of equal length in one call: as fast for short rows, up to
 * 1.4 times as fast for long ones, whose scores stay in the cache.
 *
 * <p>A row's length is rounded up, so that few kernels are compiled. The keys beyond its end belong to the next row; they
 * are hidden, which gives them a weight of exactly 0. The queries beyond its end are answered for nothing, and the next
 * row's answers take their place: rows must be run in their order.
 *
 * <p>Belongs to one {@link Workspace} and its thread. Owns its kernels; their memory is the workspace's.
 */
final class RowAttention implements AutoCloseable {

    /** The score of a key that a query does not see: its weight is exactly 0 after the softmax. */
    private static final float HIDDEN = -1e30f;

    private final Workspace workspace;
    private final TransformerShape shape;
    private final Numbers numbers;
    private final float[] relativeBias; // [heads, 2 P - 1] or nothing
    private final float[] hidden; // as many as a query may have to hide
    private final float[] line; // a query's scores
    private final BoundCalls<Block, Attention> attentions = new BoundCalls<>(Workspace.CALLS);

    /** @param longest the most tokens of a row */
    RowAttention(Workspace workspace, TransformerShape shape, Numbers numbers, float[] relativeBias, int longest) {
        this.workspace = workspace;
        this.shape = shape;
        this.numbers = numbers;
        this.relativeBias = relativeBias;
        this.hidden = new float[Rounding.length(longest)];
        this.line = new float[Rounding.length(longest)];
        Arrays.fill(hidden, HIDDEN);
    }

    /**
     * Attends over one row.
     *
     * @param queryKeyValue the address of [T, 3 H], where the batch's begins; the workspace's memory
     * @param inner the address of [T, H], where the batch's begins; the workspace's memory
     * @param firstToken of the row, within the batch
     * @param length of the row, in tokens
     */
    void run(stream queue, long queryKeyValue, long inner, LayerAttention attention, int firstToken, int length) {
        var block = Block.of(length, attention);
        var kernels = attentions.get(block, key -> new Attention(workspace, shape, numbers, key));
        for (var next = 0; next < length; next += block.queries()) {
            var firstQuery = block.firstQuery(next, length);
            var firstKey = block.firstKey(firstQuery, length);
            kernels.run(
                    queue, queryKeyValue, inner, firstToken + firstQuery, firstToken + firstKey, (scores, at, head) -> {
                        var queries = Math.min(block.queries(), length - firstQuery);
                        for (var q = 0; q < queries; q++) {
                            edit(
                                    scores,
                                    at + q * block.keys(),
                                    block.keys(),
                                    firstQuery + q,
                                    firstKey,
                                    length,
                                    head,
                                    attention);
                        }
                    });
        }
    }

    /**
     * Adds the biases of one query's scores and hides the keys that it does not see. Written one by one: a mask as a
     * post-op made the scores' matmul half as slow again, whatever the number of keys to hide.
     *
     * @param scores [K] from {@code at} on, of the keys from {@code firstKey} on
     */
    private void edit(
            FloatBuffer scores,
            int at,
            int keys,
            int query,
            int firstKey,
            int length,
            int head,
            LayerAttention attention) {
        var from = (int) Math.max(0, (long) query - attention.window() - firstKey); // the first that is seen
        var to = (int) Math.min(length, (long) query + attention.window() + 1) - firstKey; // behind the last
        if (shape.relativePositions()) {
            var p = shape.positions();
            var bias = head * (2 * p - 1) + firstKey - query + p - 1; // of the first key
            scores.get(at + from, line, 0, to - from);
            for (var i = 0; i < to - from; i++) {
                line[i] += relativeBias[bias + from + i];
            }
            scores.put(at + from, line, 0, to - from);
        }
        if (from > 0) {
            scores.put(at, hidden, 0, from);
        }
        if (to < keys) {
            scores.put(at + to, hidden, 0, keys - to);
        }
    }

    @Override
    public void close() {
        attentions.close();
    }
}
