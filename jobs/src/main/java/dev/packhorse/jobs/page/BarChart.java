package dev.packhorse.jobs.page;

import java.util.ArrayList;
import java.util.List;

/**
 * Bars of categories. They lie where names of categories are long, and stand otherwise.
 *
 * @param note may be empty
 * @param series beside each other, or on each other where stacked; a legend names them where there is more than one
 */
public record BarChart(
        String title, String note, List<String> categories, Axis value, List<Bars> series, boolean stacked)
        implements Chart {

    /** @throws IllegalArgumentException when a series has not a value for each category */
    public BarChart {
        categories = List.copyOf(categories);
        series = List.copyOf(series);
        for (var bars : series) {
            if (bars.values().length != categories.size()) {
                throw new IllegalArgumentException("bars %s: expected a value for each of %d categories, found %d"
                        .formatted(bars.name(), categories.size(), bars.values().length));
            }
        }
    }

    /**
     * A bar for each category.
     *
     * @param values [categories]; where one is not finite there is no bar
     */
    public record Bars(String name, double[] values) {

        public Bars {
            values = values.clone();
        }
    }

    @Override
    public boolean isEmpty() {
        return categories.isEmpty() || series.isEmpty();
    }

    @Override
    public Table numbers() {
        var columns = new ArrayList<String>();
        columns.add("");
        series.forEach(bars -> columns.add(bars.name()));
        var rows = new ArrayList<List<String>>();
        for (var i = 0; i < categories.size(); i++) {
            var row = new ArrayList<String>();
            row.add(categories.get(i));
            for (var bars : series) {
                row.add(Numbers.text(bars.values()[i]));
            }
            rows.add(row);
        }
        return new Table(title, value.label(), columns, rows);
    }
}
