package dev.packhorse.jobs.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Charts as the page's script reads them. */
final class ChartData {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ChartData() {}

    /** An array with an object for each chart, safe in a script element. */
    static String of(List<Chart> charts) {
        var all = JSON.createArrayNode();
        charts.forEach(chart -> all.add(chart(chart)));
        try {
            return Texts.script(JSON.writeValueAsString(all));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("charts are plain texts and numbers", e);
        }
    }

    private static ObjectNode chart(Chart chart) {
        if (chart instanceof LineChart lines) {
            return of(lines);
        }
        if (chart instanceof BarChart bars) {
            return of(bars);
        }
        return of((PointMap) chart);
    }

    private static ObjectNode of(LineChart chart) {
        var node = JSON.createObjectNode().put("kind", "lines");
        node.set("x", axis(chart.x()));
        node.set("y", axis(chart.y()));
        var lines = node.putArray("lines");
        for (var line : chart.lines()) {
            var one = lines.addObject().put("name", Texts.clean(line.name()));
            add(one.putArray("x"), line.x());
            add(one.putArray("y"), line.y());
        }
        return node;
    }

    private static ObjectNode of(BarChart chart) {
        var node = JSON.createObjectNode().put("kind", "bars").put("stacked", chart.stacked());
        node.set("value", axis(chart.value()));
        var categories = node.putArray("categories");
        chart.categories().forEach(category -> categories.add(Texts.clean(category)));
        var series = node.putArray("series");
        for (var bars : chart.series()) {
            var one = series.addObject().put("name", Texts.clean(bars.name()));
            add(one.putArray("values"), bars.values());
        }
        return node;
    }

    private static ObjectNode of(PointMap chart) {
        var node = JSON.createObjectNode().put("kind", "points");
        var points = node.putArray("points");
        for (var point : chart.points()) {
            if (Double.isFinite(point.x()) && Double.isFinite(point.y())) {
                points.addObject()
                        .put("x", point.x())
                        .put("y", point.y())
                        .put("group", Texts.clean(point.group()))
                        .put("text", Texts.clean(point.text()));
            }
        }
        return node;
    }

    private static ObjectNode axis(Axis axis) {
        return JSON.createObjectNode().put("label", Texts.clean(axis.label())).put("logarithmic", axis.logarithmic());
    }

    /** JSON has no numbers that are not finite. */
    private static void add(ArrayNode array, double[] numbers) {
        for (var number : numbers) {
            if (Double.isFinite(number)) {
                array.add(number);
            } else {
                array.addNull();
            }
        }
    }
}
