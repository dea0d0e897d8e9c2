package dev.packhorse.jobs.page;

import java.util.List;

/**
 * A table of texts. Columns of numbers are set to the right; it scrolls in a box of its own where a screen is narrow. Immutable.
 *
 * @param title may be empty
 * @param note may be empty
 * @param rows [rows][columns]
 */
public record Table(String title, String note, List<String> columns, List<List<String>> rows) {

    private static final int LONG = 40; // characters

    /** @throws IllegalArgumentException when a row has not a cell for each column */
    public Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (var row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException("table %s: expected %d cells in a row, found %d: %s"
                        .formatted(title, columns.size(), row.size(), row));
            }
        }
    }

    /** Whether a column holds numbers, perhaps with a unit, and nothing else. */
    boolean isOfNumbers(int column) {
        var cells = rows.stream().map(row -> row.get(column)).toList();
        return cells.stream().anyMatch(Numbers::isNumber)
                && cells.stream().allMatch(cell -> Numbers.isNumber(cell) || Numbers.isNone(cell));
    }

    /** Whether a column holds sentences, which want room beside the others. */
    boolean isLong(int column) {
        return rows.stream().anyMatch(row -> row.get(column).length() > LONG);
    }
}
