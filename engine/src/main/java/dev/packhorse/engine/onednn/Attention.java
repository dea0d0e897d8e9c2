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
 * The kernels of attention for one size of block: scores, softmax, weighted mean, some heads at a time. {@link
 * RowAttention} says which queries and keys.
 *
 * <p>Belongs to one {@link Workspace} and its thread. Owns its calls; the numbers lie in the workspace's buffers.
 */
final class Attention implements AutoCloseable {

    private final Resources resources = new Resources();
    private final TransformerShape shape;
    private final Numbers numbers;
    private final int heads; // how many at a time
    private final Call scores;
    private final Call softmax;
    private final Call mean;
    private final Address queryAt = new Address(0);
    private final Address keyAt = new Address(0);
    private final Address valueAt = new Address(0);
    private final Address outputAt = new Address(0);
    private final memory query; // [heads, Q, D] within [T, 3 H]
    private final memory key; // [heads, D, K] within [T, 3 H], transposed by its strides
    private final memory value; // [heads, K, D] within [T, 3 H]
    private final memory output; // [heads, Q, D] within [T, H]
    private final FloatBuffer scored; // [heads, Q, K], where the scores are

    Attention(Workspace workspace, TransformerShape shape, Numbers numbers, Block block) {
        this.shape = shape;
        this.numbers = numbers;
        this.heads = headsAtATime(shape, block);
        this.scored = workspace.scores().floats(0, heads * block.queries() * block.keys());
        var q = block.queries();
        var k = block.keys();
        var d = shape.headSize();
        var packed = 3L * shape.hidden(); // from one token to the next
        var type = numbers.attention();
        var f32 = memory.data_type.f32;
        try (var scope = new PointerScope()) {
            var queries = Descs.strided(type, new long[] {heads, q, d}, new long[] {d, packed, 1});
            var keys = Descs.strided(type, new long[] {heads, d, k}, new long[] {d, 1, packed});
            var values = Descs.strided(type, new long[] {heads, k, d}, new long[] {d, packed, 1});
            var rectangle = new long[] {heads, q, k};
            var strides = new long[] {(long) q * k, k, 1};
            var scoresHere = Descs.strided(f32, rectangle, strides);
            var weighted = Descs.strided(type, rectangle, strides);
            var outputs = Descs.strided(numbers.inner(), new long[] {heads, q, d}, new long[] {d, shape.hidden(), 1});
            query = bind(queries, queryAt);
            key = bind(keys, keyAt);
            value = bind(values, valueAt);
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
                                            OneDnn.CPU, weighted, values, outputs, attributes, false)))
                    .with(dnnl.DNNL_ARG_SRC, weightMemory)
                    .with(dnnl.DNNL_ARG_WEIGHTS, value)
                    .with(dnnl.DNNL_ARG_DST, output);
        } catch (RuntimeException | Error e) {
            resources.closeAfter(e);
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
    private static int headsAtATime(TransformerShape shape, Block block) {
        for (var heads = shape.heads(); heads > 1; heads--) {
            if (shape.heads() % heads == 0 && (long) heads * block.queries() * block.keys() <= Block.SCORES) {
                return heads;
            }
        }
        return 1;
    }

    private memory bind(memory.desc description, Address at) {
        return resources.keep(new memory(description, OneDnn.CPU, at));
    }

    private Call call(Workspace workspace, Kernel kernel) {
        return resources.add(new Call(workspace, kernel));
    }

    /** Changes scores before they become weights. */
    @FunctionalInterface
    interface ScoreEdit {

        /**
         * @param scores [Q, K] of one head, from {@code at} on
         * @param head among all heads
         */
        void edit(FloatBuffer scores, int at, int head);
    }

    /**
     * Attends from a block of queries to a block of keys.
     *
     * @param queryKeyValue [T, 3 H], where the batch's begins
     * @param inner [T, H], where the batch's begins
     * @param firstQuery its token
     * @param firstKey its token
     */
    void run(stream queue, long queryKeyValue, long inner, int firstQuery, int firstKey, ScoreEdit edit) {
        var h = shape.hidden();
        var width = Numbers.bytes(numbers.attention());
        var rectangle = scored.capacity() / heads;
        for (var head = 0; head < shape.heads(); head += heads) {
            var column = (long) head * shape.headSize();
            var keys = queryKeyValue + ((long) firstKey * 3 * h + column) * width;
            query.set_data_handle(queryAt.at(queryKeyValue + ((long) firstQuery * 3 * h + column) * width));
            key.set_data_handle(keyAt.at(keys + (long) h * width));
            value.set_data_handle(valueAt.at(keys + 2L * h * width));
            output.set_data_handle(
                    outputAt.at(inner + ((long) firstQuery * h + column) * Numbers.bytes(numbers.inner())));
            scores.run(queue);
            for (var i = 0; i < heads; i++) {
                edit.edit(scored, i * rectangle, head + i);
            }
            softmax.run(queue);
            mean.run(queue);
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
