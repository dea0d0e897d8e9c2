package dev.packhorse.jobs.charts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.page.PointMap.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class VectorMapTest {

    private static VectorSample one(String text, boolean truncated, float... vector) {
        return new VectorSample(0, "7", text, truncated, vector);
    }

    @Test
    void aPointHasTheBeginningOfItsText() {
        var map = VectorMap.of(List.of(
                one("  a text\nof two lines ", false, 0, 0, 2),
                one("", true, 0, 1, 0),
                one("😀".repeat(121), false, 3, 0, 0)));

        assertThat(map.points())
                .extracting(Point::text)
                .containsExactly("7: a text of two lines", "id 7", "7: " + "😀".repeat(120) + "…");
        assertThat(map.points())
                .extracting(Point::group)
                .containsExactly("whole texts", "truncated texts", "whole texts");
        assertThat(map.note())
                .startsWith(
                        "3 of the vectors, as they lie in the plane in which they differ most (two principal components, with ")
                .endsWith("% of what they differ in). Point at one to see its text.");
    }
}
