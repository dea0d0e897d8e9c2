package dev.packhorse.jobs.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Lines over one x axis.
 *
 * @param note may be empty
 * @param lines told apart by colour, dashes and marks; a legend names them where there is more than one
 */
public record LineChart(String title, String note, Axis x, Axis y, List<Line> lines) implements Chart {

    public LineChart {
        lines = List.copyOf(lines);
    }

    /**
     * One line.
     *
     * @param x [n], rising
     * @param y [n]; what is not finite is a gap
     */
    public record Line(String name, double[] x, double[] y) {

        /** @throws IllegalArgumentException when there are not as many x as y */
        public Line {
            if (x.length != y.length) {
                throw new IllegalArgumentException(
                        "line %s: expected as many x as y, found %d x and %d y".formatted(name, x.length, y.length));
            }
            x = x.clone();
            y = y.clone();
        }

        /** The y at an x, and NaN where it has none. */
        private double at(double wanted) {
            for (var i = 0; i < x.length; i++) {
                if (x[i] == wanted) {
                    return y[i];
                }
            }
            return Double.NaN;
        }
    }

    @Override
    public boolean isEmpty() {
        return lines.stream().allMatch(line -> line.x().length == 0);
    }

    @Override
    public Table numbers() {
        var columns = new ArrayList<String>();
        columns.add(x.label().isEmpty() ? "x" : x.label());
        lines.forEach(line -> columns.add(line.name()));
        var places = new TreeSet<Double>();
        lines.forEach(line -> Arrays.stream(line.x()).forEach(places::add));
        var rows = new ArrayList<List<String>>();
        for (var place : places) {
            var row = new ArrayList<String>();
            row.add(Numbers.text(place));
            lines.forEach(line -> row.add(Numbers.text(line.at(place))));
            rows.add(row);
        }
        return new Table(title, y.label(), columns, rows);
    }
}
