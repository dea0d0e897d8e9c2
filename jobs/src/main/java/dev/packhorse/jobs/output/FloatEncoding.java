package dev.packhorse.jobs.output;

/** How Parquet stores the vectors' numbers before compression (parquet-format, Encodings.md). */
public enum FloatEncoding {
    /** Number after number, 4 bytes each, little-endian. */
    PLAIN("plain"),
    /** All numbers' first bytes, then all second ones, and so on: these compress better. */
    BYTE_STREAM_SPLIT("byte-stream-split");

    private final String id;

    FloatEncoding(String id) {
        this.id = id;
    }

    /** The name that options and write options use. */
    public String id() {
        return id;
    }

    /** @throws IllegalArgumentException when there is none of that name */
    static FloatEncoding named(String id) {
        for (var encoding : values()) {
            if (encoding.id.equals(id)) {
                return encoding;
            }
        }
        throw new IllegalArgumentException("expected a float encoding, found " + id);
    }
}
