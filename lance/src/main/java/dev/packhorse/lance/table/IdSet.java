package dev.packhorse.lance.table;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.apache.arrow.vector.VarCharVector;

/**
 * A set of ids by 128 bits of their SHA-256: 32 bytes an id, however long it is, and no two ids taken for one. Not thread-safe.
 */
final class IdSet {

    private final long[] slots; // [capacity, 2] row-major; a slot of zeros is free
    private final int mask;
    private final int most;
    private final MessageDigest digest;
    private final byte[] hash = new byte[32];
    private final ByteBuffer hashAsLongs = ByteBuffer.wrap(hash).order(ByteOrder.LITTLE_ENDIAN);
    private int size;

    /** @param most ids that it can hold */
    IdSet(int most) {
        var capacity = Integer.highestOneBit(Math.max(1, most) * 2 - 1) * 2; // at most half full
        this.slots = new long[capacity * 2];
        this.mask = capacity - 1;
        this.most = most;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    boolean isFull() {
        return size == most;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void clear() {
        Arrays.fill(slots, 0);
        size = 0;
    }

    /** Adds the id of a row; not when it is full. */
    void add(VarCharVector ids, int row) {
        var slot = slot(ids, row);
        if (isFree(slot)) {
            slots[slot] = first();
            slots[slot + 1] = second();
            size++;
        }
    }

    /** Whether the id of a row is in it. */
    boolean contains(VarCharVector ids, int row) {
        var slot = slot(ids, row);
        return !isFree(slot);
    }

    /** Where the id is, or would be; its hash is in {@link #hash} then. */
    private int slot(VarCharVector ids, int row) {
        var start = ids.getStartOffset(row);
        digest.update(ids.getDataBuffer().nioBuffer(start, ids.getEndOffset(row) - start));
        try {
            digest.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException(e); // there is room for it
        }
        var slot = (int) first() & mask;
        while (!isFreeOrThis(slot * 2)) {
            slot = (slot + 1) & mask;
        }
        return slot * 2;
    }

    private boolean isFreeOrThis(int slot) {
        return isFree(slot) || (slots[slot] == first() && slots[slot + 1] == second());
    }

    private boolean isFree(int slot) {
        return slots[slot] == 0 && slots[slot + 1] == 0;
    }

    private long first() {
        return hashAsLongs.getLong(0);
    }

    private long second() {
        return hashAsLongs.getLong(Long.BYTES);
    }
}
