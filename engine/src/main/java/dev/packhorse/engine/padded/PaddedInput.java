package dev.packhorse.engine.padded;

/**
 * One of a model's inputs: integers [B, S].
 *
 * @param wide whether they have 64 bits, else 32
 */
public record PaddedInput(InputKind kind, boolean wide) {

    int bytes() {
        return wide ? Long.BYTES : Integer.BYTES;
    }
}
