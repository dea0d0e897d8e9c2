package dev.packhorse.engine.nested;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * B token sequences packed end to end, without padding: an Arrow {@code list<int32>} vector.
 *
 * <p>Its values buffer holds the T tokens of all rows, its offsets buffer the B + 1 cumulative lengths, so that row b is
 * {@code values[offsets[b] .. offsets[b + 1])}. That is at once PyTorch's jagged nested tensor, the {@code cu_seqlens}
 * of variable-length attention kernels, and a zero-copy view for native code. Layout: Arrow columnar format, "Variable-size
 * List Layout".
 *
 * <p>Immutable, safe to read from several threads until it is closed. Every row has at least one token.
 */
public final class NestedBatch implements AutoCloseable {

    private final ListVector vector;
    private final int size;
    private final int tokens;
    private final int longest;

    private NestedBatch(ListVector vector, int size, int tokens, int longest) {
        this.vector = vector;
        this.size = size;
        this.tokens = tokens;
        this.longest = longest;
    }

    /**
     * Packs rows into native memory.
     *
     * @param rows B arrays of token ids, each of at least one token; copied
     * @throws IllegalArgumentException when there is no row, or one without tokens
     */
    public static NestedBatch pack(NativeMemory memory, List<int[]> rows) {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("expected at least one row, found none");
        }
        var total = 0;
        var longest = 0;
        for (var b = 0; b < rows.size(); b++) {
            var length = rows.get(b).length;
            if (length == 0) {
                throw new IllegalArgumentException("expected at least one token in row " + b + ", found none");
            }
            total = Math.addExact(total, length);
            longest = Math.max(longest, length);
        }
        var vector = ListVector.empty("tokens", memory.allocator());
        try {
            fill(vector, rows, total);
        } catch (RuntimeException | Error e) { // native memory that runs out is an OutOfMemoryError
            vector.close();
            throw e;
        }
        return new NestedBatch(vector, rows.size(), total, longest);
    }

    private static void fill(ListVector vector, List<int[]> rows, int total) {
        var values = (IntVector) vector.addOrGetVector(FieldType.notNullable(new ArrowType.Int(Integer.SIZE, true)))
                .getVector();
        vector.setInitialCapacity(rows.size(), (double) total / rows.size());
        vector.allocateNew();
        while (vector.getValueCapacity() < rows.size()) {
            vector.reAlloc();
        }
        values.allocateNew(total);

        var offset = 0;
        for (var b = 0; b < rows.size(); b++) {
            BitVectorHelper.setBit(vector.getValidityBuffer(), b);
            offset += rows.get(b).length;
            vector.getOffsetBuffer().setInt((long) (b + 1) * Integer.BYTES, offset);
        }
        vector.setLastSet(rows.size() - 1);
        var packed = view(values.getDataBuffer(), total);
        rows.forEach(packed::put);
        values.setValueCount(total);
        vector.setValueCount(rows.size());
    }

    /** B, the number of rows. */
    public int size() {
        return size;
    }

    /** T, the number of tokens of all rows. */
    public int tokens() {
        return tokens;
    }

    /** The length of the longest row, in tokens. */
    public int longest() {
        return longest;
    }

    /** The packed tokens, [T] int32; a view into native memory that ends with this batch. */
    public IntBuffer values() {
        return view(vector.getDataVector().getDataBuffer(), tokens).asReadOnlyBuffer();
    }

    /** The cumulative lengths, [B + 1] int32, the first 0; a view into native memory that ends with this batch. */
    public IntBuffer offsets() {
        return view(vector.getOffsetBuffer(), size + 1).asReadOnlyBuffer();
    }

    /** The native address of {@link #values()}; this batch stays the owner. */
    public long valuesAddress() {
        return vector.getDataVector().getDataBuffer().memoryAddress();
    }

    /** The native address of {@link #offsets()}; this batch stays the owner. */
    public long offsetsAddress() {
        return vector.getOffsetBuffer().memoryAddress();
    }

    private static IntBuffer view(ArrowBuf buffer, int ints) {
        return buffer.nioBuffer(0, ints * Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .asIntBuffer();
    }

    /** Gives the native memory back; a second call does nothing. */
    @Override
    public void close() {
        vector.close();
    }
}
