package dev.packhorse.lance.table;

import dev.packhorse.stores.contract.StoreException;

/**
 * A file that a task has written and that no version of the table refers to yet. Immutable.
 *
 * @param name within the table's folder of data
 * @param rows how many it has
 * @param deletes whether it lists ids to delete, in place of rows to add
 */
record NewFile(String name, long rows, boolean deletes) {

    private static final String ROWS = "rows";
    private static final String DELETES = "deletes";

    /** As a part of a receipt. */
    String part() {
        return "%s %d %s".formatted(deletes ? DELETES : ROWS, rows, name);
    }

    /** From a part of a receipt. */
    static NewFile of(String part) {
        var words = part.split(" ", 3);
        if (words.length == 3 && words[1].matches("\\d{1,18}") && (words[0].equals(ROWS) || words[0].equals(DELETES))) {
            return new NewFile(words[2], Long.parseLong(words[1]), words[0].equals(DELETES));
        }
        throw new StoreException(
                "expected a file's kind, rows and name in a task's receipt, found '%s'; was it written by another version?"
                        .formatted(part));
    }
}
