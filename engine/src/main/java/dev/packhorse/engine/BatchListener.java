package dev.packhorse.engine;

/**
 * Told after each batch, from the thread that wanted it. One that is given to calls of several threads must be thread-safe.
 */
@FunctionalInterface
public interface BatchListener {

    /**
     * @param rows rows in the batch
     * @param tokens real tokens in the batch
     * @param computedTokens tokens that the encoder computed, padding included
     * @param nanos nanoseconds that the thread waited for the encoder: all that it took, but for one that computes elsewhere
     *     while other batches are packed, of which only what was not over by then
     */
    void encoded(int rows, long tokens, long computedTokens, long nanos);

    /**
     * Told when a batch could not be encoded whole, before its halves are tried.
     *
     * @param rows rows in the batch
     * @param reason what the encoder said
     */
    default void halved(int rows, String reason) {}
}
