package dev.packhorse.jobs.page;

import java.util.List;

/**
 * Points on a plane whose axes mean nothing by themselves, such as vectors brought down to two dimensions.
 *
 * @param note may be empty
 */
public record PointMap(String title, String note, List<Point> points) implements Chart {

    public PointMap {
        points = List.copyOf(points);
    }

    /**
     * One point.
     *
     * @param group of one colour, named in a legend where there is more than one; may be empty
     * @param text shown where one points at it
     */
    public record Point(double x, double y, String group, String text) {}

    @Override
    public boolean isEmpty() {
        return points.isEmpty();
    }

    @Override
    public Table numbers() {
        var rows = points.stream()
                .map(point -> List.of(point.group(), point.text(), Numbers.text(point.x()), Numbers.text(point.y())))
                .toList();
        return new Table(title, "", List.of("group", "text", "x", "y"), rows);
    }
}
