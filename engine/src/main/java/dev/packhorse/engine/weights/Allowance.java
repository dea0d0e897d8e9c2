package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;

/**
 * How much of a directory of tensors may be held in memory. A directory of a real model is some megabytes long; a
 * broken or hostile file must be refused before it fills the heap.
 */
final class Allowance {

    /** Bytes of heap, roughly: what 100,000 tensors or nodes need. */
    static final long MOST = 48 << 20;

    /** Bytes of heap, roughly, of an entry beside its names: references, headers of objects, a shape. */
    private static final int ENTRY = 256;

    private long left = MOST;

    /**
     * Takes an entry with names of so many characters.
     *
     * @throws ModelException when there is no more
     */
    void take(long characters) {
        left -= ENTRY + 2 * characters; // a name beyond Latin-1 has two bytes a character
        if (left < 0) {
            throw new ModelException("expected names and shapes of at most %d bytes, found more".formatted(MOST));
        }
    }
}
