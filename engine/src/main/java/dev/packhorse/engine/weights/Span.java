package dev.packhorse.engine.weights;

/**
 * Some bytes of a file.
 *
 * @param position of the first
 * @param length how many
 */
record Span(long position, long length) {

    /** The position behind the last byte. */
    long end() {
        return position + length;
    }
}
