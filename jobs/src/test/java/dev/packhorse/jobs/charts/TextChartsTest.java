package dev.packhorse.jobs.charts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.RunReport;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextChartsTest {

    private static TextCharts charts(Counts... tasks) {
        return tasks.length == 1
                ? new TextCharts(new RunReport(Map.of("0", tasks[0]), Map.of()))
                : new TextCharts(new RunReport(Map.of("0", tasks[0], "1", tasks[1]), Map.of()));
    }

    private static Counts task(long tokens, long computed, int... lengths) {
        var counts = Counts.profiled();
        counts.add(Count.TOKENS, tokens);
        counts.add(Count.COMPUTED_TOKENS, computed);
        for (var length : lengths) {
            counts.profile().orElseThrow().arrived(length, false);
        }
        return counts;
    }

    @Test
    void aBarHoldsTheTextsOfItsLengths() {
        var first = task(0, 0, 1, 2, 3, 80);
        var second = task(0, 0, 2, 2, 79);
        second.profile().orElseThrow().arrived(80, true);

        var chart = charts(first, second).lengths();

        assertThat(chart.categories()).hasSize(40).startsWith("1–2", "3–4").endsWith("79–80");
        assertThat(chart.series()).extracting("name").containsExactly("whole texts", "truncated texts");
        var whole = chart.series().get(0).values();
        assertThat(whole).startsWith(4, 1, 0).endsWith(2);
        assertThat(Arrays.stream(whole).sum()).isEqualTo(7);
        assertThat(chart.series().get(1).values()).endsWith(1);
        assertThat(chart.note())
                .isEqualTo(
                        "Real tokens that the encoder gets of a text, or of a chunk of one; 8 texts, 31.1 tokens on average, half of them have at most 2, the longest 80. Of 1 the model reads only the beginning.");
    }

    @Test
    void shortTextsHaveABarALength() {
        assertThat(charts(task(0, 0, 3, 5)).lengths().categories()).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void veryLongOnesFitToo() {
        assertThat(charts(task(0, 0, 131_072)).lengths().categories()).hasSizeLessThanOrEqualTo(40);
        assertThat(charts(task(0, 0, 8_192)).lengths().categories()).hasSizeLessThanOrEqualTo(40);
    }

    @Test
    void paddingIsWhatIsBeyondTheTexts() {
        var task = task(
                7, 8, 2, 5, 5); // 5 comes twice and is encoded once; two batches, in one of them a token of padding
        task.profile().orElseThrow().sorted(10);

        var chart = charts(task).padding();

        assertThat(chart.stacked()).isTrue();
        assertThat(chart.categories())
                .containsExactly("32 at a time as they came, padded", "each text once, sorted, padded", "this run");
        assertThat(chart.series())
                .extracting("name")
                .containsExactly("tokens of texts", "of texts met again", "padding");
        assertThat(chart.series().get(0).values()).containsExactly(7, 7, 7);
        assertThat(chart.series().get(1).values()).containsExactly(5, 0, 0);
        assertThat(chart.series().get(2).values()).containsExactly(3, 3, 1);
        assertThat(chart.note())
                .isEqualTo(
                        "Tokens that the encoder computes. Batches of 32 texts, in the order in which they came to the tasks, would have been 1.88 times as many as this run computed.");
    }

    @Test
    void aRunWithoutPaddingSaysHow() {
        assertThat(charts(task(7, 7, 7)).padding().categories()).endsWith("this run: sorted and packed");
    }

    @Test
    void aRunThatDidNothingSaysSo() {
        var charts = new TextCharts(new RunReport(Map.of(), Map.of()));

        assertThat(charts.lengths().note()).isEqualTo("No text was tokenized by this run.");
        assertThat(charts.lengths().isEmpty()).isTrue();
        assertThat(charts.padding().note()).isEqualTo("No text was encoded by this run.");
        assertThat(charts.padding().isEmpty()).isTrue();
    }
}
