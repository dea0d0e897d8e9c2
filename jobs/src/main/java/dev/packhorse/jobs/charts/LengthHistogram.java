package dev.packhorse.jobs.charts;

import dev.packhorse.jobs.page.Axis;
import dev.packhorse.jobs.page.BarChart;
import dev.packhorse.jobs.page.BarChart.Bars;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How many texts are of which length, in bars of a width that people can read. Without state. */
public final class LengthHistogram {

    private static final int MOST_BARS = 40;

    private static final int[] WIDTHS = {1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 256, 500, 512, 1000};

    private LengthHistogram() {}

    /**
     * A chart of texts by their tokens.
     *
     * @param kinds for each kind of texts, by its name, how many there are of each length
     */
    public static BarChart of(Map<String, Map<Integer, Long>> kinds, String note) {
        var counted = new LinkedHashMap<>(kinds);
        counted.values().removeIf(Map::isEmpty);
        var longest = counted.values().stream()
                .flatMap(texts -> texts.keySet().stream())
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        var width = width(longest);
        var bars = (longest + width - 1) / width;
        var names = new ArrayList<String>();
        for (var bar = 0; bar < bars; bar++) {
            var first = bar * width + 1;
            names.add(width == 1 ? String.valueOf(first) : first + "–" + (first + width - 1));
        }
        var series = counted.entrySet().stream()
                .map(kind -> new Bars(kind.getKey(), bars(kind.getValue(), bars, width)))
                .toList();
        return new BarChart("Token lengths", note, names, Axis.linear("texts"), List.copyOf(series), true);
    }

    private static int width(int longest) {
        for (var width : WIDTHS) {
            if (longest <= width * MOST_BARS) {
                return width;
            }
        }
        return (longest + MOST_BARS - 1) / MOST_BARS;
    }

    /** @return [bars] texts whose tokens are 1 + bar * width to (1 + bar) * width */
    private static double[] bars(Map<Integer, Long> texts, int bars, int width) {
        var values = new double[bars];
        texts.forEach((length, count) -> values[Math.max(0, length - 1) / width] += count);
        return values;
    }
}
