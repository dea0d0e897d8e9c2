package dev.packhorse.stores.chroma;

/** Where Chroma looks for a token. */
public enum TokenHeader {
    X_CHROMA_TOKEN("x-chroma-token"),
    /** As a bearer's, RFC 6750. */
    AUTHORIZATION("authorization");

    private final String id;

    TokenHeader(String id) {
        this.id = id;
    }

    /** The name that options use, which is the header's. */
    public String id() {
        return id;
    }

    /** What stands in it. */
    String value(String token) {
        return switch (this) {
            case X_CHROMA_TOKEN -> token;
            case AUTHORIZATION -> "Bearer " + token;
        };
    }
}
