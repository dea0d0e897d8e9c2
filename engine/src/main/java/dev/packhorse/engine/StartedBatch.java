package dev.packhorse.engine;

import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.Encoding;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import java.util.Arrays;
import java.util.List;

/** A batch that was packed and given to an encoder, which may read it until this is closed. For one thread alone. */
final class StartedBatch implements AutoCloseable {

    private final Encoder encoder;
    private final int[] rows; // [B] which ones
    private final NestedBatch packed;
    private final Encoding encoding;
    private final long startNanos; // for how long the encoder did not take it

    private StartedBatch(Encoder encoder, int[] rows, NestedBatch packed, Encoding encoding, long startNanos) {
        this.encoder = encoder;
        this.rows = rows;
        this.packed = packed;
        this.encoding = encoding;
        this.startNanos = startNanos;
    }

    /**
     * Packs rows and starts them; the caller closes it.
     *
     * @param rows of which
     * @param batch [B] those wanted
     */
    static StartedBatch start(Encoder encoder, NativeMemory memory, List<int[]> rows, int[] batch) {
        var packed = NestedBatch.pack(
                memory, Arrays.stream(batch).mapToObj(rows::get).toList());
        try {
            var start = System.nanoTime();
            var encoding = encoder.start(packed);
            return new StartedBatch(encoder, batch, packed, encoding, System.nanoTime() - start);
        } catch (RuntimeException | Error e) {
            packed.close();
            throw e;
        }
    }

    /** Which rows. */
    int[] rows() {
        return rows;
    }

    /**
     * Waits for the vectors, and tells the listener.
     *
     * @return [B, D]
     */
    float[] await(BatchListener listener) {
        var start = System.nanoTime();
        var vectors = encoding.await();
        var computed = encoder.info().padded() ? (long) packed.longest() * packed.size() : (long) packed.tokens();
        listener.encoded(packed.size(), packed.tokens(), computed, startNanos + System.nanoTime() - start);
        if (vectors.length != packed.size() * encoder.info().dimension()) {
            throw new IllegalStateException("%s: expected %d vectors of %d numbers, found %d numbers"
                    .formatted(
                            encoder.info().name(), packed.size(), encoder.info().dimension(), vectors.length));
        }
        return vectors;
    }

    @Override
    public void close() {
        encoding.close(); // were it to throw, the encoder might still read the batch
        packed.close();
    }
}
