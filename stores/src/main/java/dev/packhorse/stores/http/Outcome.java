package dev.packhorse.stores.http;

/**
 * What became of a row.
 *
 * @param reason of the server, where it did not take the row
 */
public record Outcome(Kind kind, String reason) {

    /** What became of it. */
    public enum Kind {
        /** The store keeps it. */
        TAKEN,
        /** The store is too busy for it: send it again. */
        BUSY,
        /** The store never takes it. */
        REFUSED
    }

    public static final Outcome TAKEN = new Outcome(Kind.TAKEN, "");
}
