package dev.packhorse.jobs.output;

/** How Parquet stores the vectors' numbers before compression (parquet-format, Encodings.md). */
public enum FloatEncoding {
    PLAIN("plain"),
    BYTE_STREAM_SPLIT("byte-stream-split");

    private final String id;

    FloatEncoding(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }

    static FloatEncoding named(String id) {
        for (var encoding : values()) {
            if (encoding.id.equals(id)) {
                return encoding;
            }
        }
        throw new IllegalArgumentException("expected a float encoding, found " + id);
    }
}
