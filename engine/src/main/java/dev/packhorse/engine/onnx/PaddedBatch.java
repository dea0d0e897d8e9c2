package dev.packhorse.engine.onnx;

import dev.packhorse.engine.nested.NestedBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * A nested batch spread out to the rectangle that an exported graph wants, and the room for its answer. Direct buffers,
 * grown when needed and used again; one thread at a time.
 *
 * <p>S is the longest row of the batch; rows that are shorter end in padding, which the mask marks with 0.
 */
final class PaddedBatch {

    /** Any valid id does: the mask hides it. */
    private static final long PADDING_ID = 0;

    private LongBuffer ids = longs(0);
    private LongBuffer mask = longs(0);
    private LongBuffer types = longs(0);
    private FloatBuffer hidden = floats(0);

    /** Fills ids, mask and token types, each [B, S] row-major, and makes room for [B, S, H] floats. */
    void fill(NestedBatch batch, int hiddenSize) {
        var rows = batch.size();
        var longest = batch.longest();
        reserve(Math.multiplyExact(rows, longest), hiddenSize);
        var values = batch.values();
        var offsets = batch.offsets();
        for (var b = 0; b < rows; b++) {
            var start = offsets.get(b);
            var length = offsets.get(b + 1) - start;
            for (var s = 0; s < longest; s++) {
                var real = s < length;
                ids.put(b * longest + s, real ? values.get(start + s) : PADDING_ID);
                mask.put(b * longest + s, real ? 1 : 0);
            }
        }
    }

    private void reserve(int cells, int hiddenSize) {
        if (ids.capacity() < cells) {
            ids = longs(cells);
            mask = longs(cells);
            types = longs(cells);
        }
        ids.clear().limit(cells);
        mask.clear().limit(cells);
        types.clear().limit(cells);
        var answer = Math.multiplyExact(cells, hiddenSize);
        if (hidden.capacity() < answer) {
            hidden = floats(answer);
        }
        hidden.clear().limit(answer);
    }

    /** [B, S] row-major token ids. */
    LongBuffer ids() {
        return ids;
    }

    /** [B, S] row-major, 1 where there is a token and 0 where there is padding. */
    LongBuffer mask() {
        return mask;
    }

    /** [B, S] row-major, all 0: every text is a first segment. */
    LongBuffer types() {
        return types;
    }

    /** [B, S, H] row-major, where the graph's answer goes. */
    FloatBuffer hidden() {
        return hidden;
    }

    private static LongBuffer longs(int count) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(count, Long.BYTES))
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
    }

    private static FloatBuffer floats(int count) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
