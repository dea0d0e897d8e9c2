package dev.packhorse.stores.contract;

/** What a run has to send to a store for its rows to be those of the source. */
public enum Takes {
    /** New and changed rows, and ids to delete; {@link Store#stored} tells what it has. */
    ROWS,
    /**
     * The same, but it cannot tell what it has: what has changed is known by its {@link ExportMark} alone. Without one it takes
     * all rows.
     */
    CHANGES,
    /** All rows each time, and nothing to delete: what is published takes the place of what was there. */
    ALL
}
