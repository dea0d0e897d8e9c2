package dev.packhorse.engine.onednn;

import dev.packhorse.engine.transformer.TransformerShape;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.softmax_forward;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.PointerScope;

/**
 * Attention of rows of about one length, a row at a time. Measured against groups of rows of equal length in one call: as
 * fast for short rows, up to 1.4 times as fast for long ones, whose scores stay in the cache.
 *
 * <p>A row's length is rounded up, so that few kernels are compiled. The keys beyond its end belong to the next row; they
 * are hidden, which gives them a weight of exactly 0. The queries beyond its end are answered for nothing, and the next
 * row's answers take their place: rows must be run in their order.
 *
 * <p>Belongs to one {@link Workspace} and its thread.
 */
final class Attention implements AutoCloseable {

    /** How many bytes of scores are made at a time, where one head has less: what a second-level cache holds. */
    private static final long SCORE_BYTES = 1 << 20;

    /** The score of a key that is none of the row's: its weight is exactly 0 after the softmax. */
    private static final float HIDDEN = -1e30f;

    private final Resources resources = new Resources();
    private final TransformerShape shape;
    private final Numbers numbers;
    private final int rounded; // the length that the kernels are for
    private final int heads; // how many at a time
    private final Call scores;
    private final Call softmax;
    private final Call mean;
    private final Address queryAt = new Address(0);
    private final Address keyAt = new Address(0);
    private final Address valueAt = new Address(0);
    private final Address outputAt = new Address(0);
    private final memory query; // [heads, length, D] within [T, 3 H]
    private final memory key; // [heads, D, length] within [T, 3 H], transposed by its strides
    private final memory value; // [heads, length, D] within [T, 3 H]
    private final memory output; // [heads, length, D] within [T, H]
    private final FloatBuffer scored; // [heads, length, length], where the scores are

    Attention(Workspace workspace, TransformerShape shape, Numbers numbers, int length) {
        this.shape = shape;
        this.numbers = numbers;
        this.rounded = length;
        this.heads = headsAtATime(shape, length);
        this.scored = workspace.scores().floats(0, heads * length * length);
        var d = shape.headSize();
        var packed = 3L * shape.hidden(); // from one token to the next
        var type = numbers.attention();
        var f32 = memory.data_type.f32;
        try (var scope = new PointerScope()) {
            var queries = Descs.strided(type, new long[] {heads, length, d}, new long[] {d, packed, 1});
            var keys = Descs.strided(type, new long[] {heads, d, length}, new long[] {d, 1, packed});
            var square = new long[] {heads, length, length};
            var strides = new long[] {(long) length * length, length, 1};
            var scoresHere = Descs.strided(f32, square, strides);
            var weighted = Descs.strided(type, square, strides);
            var outputs =
                    Descs.strided(numbers.inner(), new long[] {heads, length, d}, new long[] {d, shape.hidden(), 1});
            query = bind(queries, queryAt);
            key = bind(keys, keyAt);
            value = bind(queries, valueAt);
            output = bind(outputs, outputAt);
            var scoreMemory = bind(scoresHere, new Address(workspace.scores().address()));
            // in place where the numbers are of one size
            var weightMemory = bind(
                    weighted, new Address((type == f32 ? workspace.scores() : workspace.probabilities()).address()));

            var attributes = Kernel.attributes();
            scores = call(
                            workspace,
                            Kernel.of(
                                    "scores",
                                    new matmul.primitive_desc(
                                            OneDnn.CPU, queries, keys, scoresHere, attributes, false)))
                    .with(dnnl.DNNL_ARG_SRC, query)
                    .with(dnnl.DNNL_ARG_WEIGHTS, key)
                    .with(dnnl.DNNL_ARG_DST, scoreMemory);
            softmax = call(workspace, Kernel.of(softmax(scoresHere, weighted, attributes)))
                    .with(dnnl.DNNL_ARG_SRC, scoreMemory)
                    .with(dnnl.DNNL_ARG_DST, weightMemory);
            mean = call(
                            workspace,
                            Kernel.of(
                                    "weighted mean",
                                    new matmul.primitive_desc(
                                            OneDnn.CPU, weighted, queries, outputs, attributes, false)))
                    .with(dnnl.DNNL_ARG_SRC, weightMemory)
                    .with(dnnl.DNNL_ARG_WEIGHTS, value)
                    .with(dnnl.DNNL_ARG_DST, output);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static softmax_forward.primitive_desc softmax(memory.desc from, memory.desc to, primitive_attr attributes) {
        return new softmax_forward.primitive_desc(
                OneDnn.CPU,
                dnnl.prop_kind.forward_inference,
                dnnl.algorithm.softmax_accurate,
                from,
                to,
                2,
                attributes,
                false);
    }

    /** The most heads whose scores fit, of those that divide all heads. */
    static int headsAtATime(TransformerShape shape, int length) {
        for (var heads = shape.heads(); heads > 1; heads--) {
            if (shape.heads() % heads == 0 && (long) heads * length * length * Float.BYTES <= SCORE_BYTES) {
                return heads;
            }
        }
        return 1;
    }

    /** The most numbers that the scores of rows of up to {@code longest} tokens take. */
    static long mostScores(int longest) {
        return Math.max(SCORE_BYTES / Float.BYTES, (long) longest * longest);
    }

    private memory bind(memory.desc description, Address at) {
        return resources.keep(new memory(description, OneDnn.CPU, at));
    }

    private Call call(Workspace workspace, Kernel kernel) {
        return resources.add(new Call(workspace, kernel));
    }

    /**
     * Attends over one row.
     *
     * @param queryKeyValue [T, 3 H], where the batch's begins
     * @param inner [T, H], where the batch's begins
     * @param firstToken of the row
     * @param length of the row, before rounding
     */
    void run(stream queue, long queryKeyValue, long inner, int firstToken, int length) {
        var h = shape.hidden();
        var width = Numbers.bytes(numbers.attention());
        for (var head = 0; head < shape.heads(); head += heads) {
            var column = (long) head * shape.headSize();
            var from = queryKeyValue + ((long) firstToken * 3 * h + column) * width;
            query.set_data_handle(queryAt.at(from));
            key.set_data_handle(keyAt.at(from + (long) h * width));
            value.set_data_handle(valueAt.at(from + 2L * h * width));
            output.set_data_handle(
                    outputAt.at(inner + ((long) firstToken * h + column) * Numbers.bytes(numbers.inner())));
            scores.run(queue);
            hideBeyond(length);
            softmax.run(queue);
            mean.run(queue);
        }
    }

    /**
     * Hides the keys that are none of the row's from its queries. Written one by one: a mask as a post-op made the scores'
     * matmul half as slow again, whatever the number of keys to hide.
     */
    private void hideBeyond(int length) {
        for (var head = 0; head < heads; head++) {
            for (var q = 0; q < length; q++) {
                var row = (head * rounded + q) * rounded;
                for (var k = length; k < rounded; k++) {
                    scored.put(row + k, HIDDEN);
                }
            }
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
