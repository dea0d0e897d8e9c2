package dev.packhorse.engine.contract;

import dev.packhorse.engine.nested.NestedBatch;

/**
 * Turns packed token sequences into vectors: runs the model's layers, pools each row and normalises it where the model
 * asks for that.
 *
 * <p>A row's vector depends on its own tokens only, never on the rows beside it. Implementations are thread-safe: the
 * tasks of an executor share one encoder and call it at the same time. Closing waits for calls that are under way; who calls
 * afterwards gets an IllegalStateException, and closing twice is no mistake.
 */
public interface Encoder extends AutoCloseable {

    /** What this encoder is; the same answer for its whole life. */
    EncoderInfo info();

    /**
     * Encodes every row of a batch.
     *
     * @param batch B rows, T tokens; stays the caller's
     * @return [B, D] row-major, D = {@code info().dimension()}
     * @throws EncoderException when the batch could not be encoded; the encoder stays usable, and a smaller batch may
     *     succeed
     * @throws IllegalStateException when it is closed
     */
    float[] encode(NestedBatch batch);

    /**
     * Begins to encode every row of a batch and goes on, so that the caller packs the next ones meanwhile. This one does nothing
     * yet: it encodes in the caller's thread when it is awaited, as encoders on a CPU do, whose cores are the caller's.
     *
     * @param batch B rows, T tokens; stays the caller's, and open until the encoding is closed
     * @return closed by the caller
     * @throws IllegalStateException when the encoder is closed, or the thread is interrupted: it stays so
     */
    default Encoding start(NestedBatch batch) {
        return new Encoding() {
            @Override
            public float[] await() {
                return encode(batch);
            }

            @Override
            public void close() {}
        };
    }

    /**
     * How many batches a caller does well to have started beside the one that it waits for: none where {@link #start} begins
     * nothing.
     */
    default int ahead() {
        return 0;
    }

    @Override
    void close();
}
