package dev.packhorse.jobs.bench;

import dev.packhorse.jobs.page.Chart;
import dev.packhorse.jobs.page.Table;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What a measurement found, for people and for programs.
 *
 * @param name of the measurement in files, such as {@code encoders}
 * @param heading what people call it
 * @param note how it was measured
 * @param tables for the terminal and for the page
 * @param charts for the page
 * @param figures the same for programs: a record, or a list of records
 */
record Findings(String name, String heading, String note, List<Table> tables, List<Chart> charts, Object figures) {

    Findings {
        tables = List.copyOf(tables);
        charts = List.copyOf(charts);
    }

    /** Prints the tables, their columns below each other. */
    void print(PrintStream out) {
        out.printf(Locale.ROOT, "%n%s: %s%n", heading, note);
        for (var table : tables) {
            print(table, out);
        }
    }

    private static void print(Table table, PrintStream out) {
        out.println();
        if (!table.title().isEmpty()) {
            out.println(table.title());
        }
        var widths = IntStream.range(0, table.columns().size())
                .map(column -> IntStream.concat(
                                IntStream.of(table.columns().get(column).length()),
                                table.rows().stream()
                                        .mapToInt(row -> row.get(column).length()))
                        .max()
                        .orElse(0))
                .toArray(); // [columns]
        out.println(line(table.columns(), widths));
        table.rows().forEach(row -> out.println(line(row, widths)));
    }

    /** The first column to the left, the others, which are numbers, to the right. */
    private static String line(List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (var column = 0; column < widths.length; column++) {
            var format =
                    column == 0 ? "%-" + Math.max(1, widths[column]) + "s" : "  %" + Math.max(1, widths[column]) + "s";
            line.append(format.formatted(cells.get(column)));
        }
        return line.toString().stripTrailing();
    }
}
