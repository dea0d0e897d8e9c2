package dev.packhorse.engine;

/** What became of one text's tokens: a vector, or the reason why there is none. Immutable. */
public sealed interface Embedded {

    /** @param values [D] float32; not copied, treat as immutable */
    record Vector(float[] values) implements Embedded {}

    /** @param reason one line for people */
    record Failed(String reason) implements Embedded {}
}
