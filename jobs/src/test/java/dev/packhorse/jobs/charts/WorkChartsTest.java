package dev.packhorse.jobs.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.packhorse.jobs.page.BarChart;
import dev.packhorse.jobs.page.LineChart;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.RunReport;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkChartsTest {

    private static final RunReport NOTHING = new RunReport(Map.of(), Map.of());

    /** A task that begins now. */
    private static Counts task(long seconds, long tokens) {
        var counts = Counts.profiled();
        counts.add(Count.TASK_NANOS, TimeUnit.SECONDS.toNanos(seconds));
        counts.add(Count.TOKENS, tokens);
        counts.add(Count.COMPUTED_TOKENS, tokens);
        return counts;
    }

    private static RunReport report(Counts... tasks) {
        var partitions = new HashMap<String, Counts>();
        for (var task : tasks) {
            partitions.put("embed-" + partitions.size(), task);
        }
        return new RunReport(partitions, Map.of());
    }

    @Test
    void throughputIsThatOfAllTasksTogether() {
        var loading = task(100, 9_000);
        loading.add(Count.LOAD_NANOS, TimeUnit.SECONDS.toNanos(10)); // nothing is encoded meanwhile

        var chart = WorkCharts.throughput(report(task(120, 12_000), loading, task(30, 0)));

        var line = chart.lines().get(0);
        var step = 120.0 / line.x().length;
        assertThat(Arrays.stream(line.y()).sum() * step).isCloseTo(21_000, within(21_000 * 0.01));
        assertThat(line.y()[2]).isCloseTo(100, within(1.0)); // at 5 s
        assertThat(line.y()[20]).isCloseTo(200, within(1.0)); // at 41 s
        assertThat(line.y()[55]).isCloseTo(100, within(1.0)); // at 111 s
        assertThat(line.x()[0]).isCloseTo(step / 2, within(0.1));
        assertThat(chart.x().label()).isEqualTo("seconds since the first task began");
    }

    @Test
    void longRunsAreInMinutesAndHours() {
        assertThat(WorkCharts.throughput(report(task(3600, 1))).x().label())
                .isEqualTo("minutes since the first task began");
        assertThat(WorkCharts.throughput(report(task(360_000, 1))).x().label())
                .isEqualTo("hours since the first task began");
    }

    @Test
    void tasksThatSaidNothingOfTheirTimeAreLeftOut() {
        var counts = new Counts(); // as of a run without a page
        counts.add(Count.TOKENS, 7);

        assertThat(WorkCharts.throughput(report(counts)).isEmpty()).isTrue();
    }

    @Test
    void aFewTasksHaveABarEach() {
        var chart = (BarChart) WorkCharts.tasks(report(task(1, 5), task(1, 9), task(1, 0), task(1, 7)));

        assertThat(chart.categories()).containsExactly("1", "2", "3");
        assertThat(chart.series().get(0).values()).containsExactly(9, 7, 5);
    }

    @Test
    void ofManyTasksItIsShownHowTheyAreSpread() {
        var tasks = IntStream.rangeClosed(1, 1001)
                .mapToObj(tokens -> task(1, tokens))
                .toArray(Counts[]::new);

        var chart = (LineChart) WorkCharts.tasks(report(tasks));

        assertThat(chart.x().label()).isEqualTo("percent of the 1,001 tasks");
        var line = chart.lines().get(0);
        assertThat(line.x()).hasSize(101).startsWith(0).endsWith(100);
        assertThat(line.y()).startsWith(1001).endsWith(1);
        assertThat(line.y()[50]).isEqualTo(501);
    }

    @Test
    void errorsAreByReason() {
        var reasons = new LinkedHashMap<String, Long>();
        reasons.put("null text", 2L);
        reasons.put("tokenizer", 1L);

        var chart = WorkCharts.errors(reasons);

        assertThat(chart.categories()).containsExactly("null text", "tokenizer");
        assertThat(chart.series().get(0).values()).containsExactly(2, 1);
        assertThat(chart.note()).isEqualTo("Rows that have an error in place of a vector.");
    }

    @Test
    void aRunThatDidNothingSaysSo() {
        assertThat(WorkCharts.throughput(NOTHING).note()).isEqualTo("No text was encoded by this run.");
        assertThat(WorkCharts.throughput(NOTHING).isEmpty()).isTrue();
        assertThat(WorkCharts.tasks(NOTHING).isEmpty()).isTrue();
        assertThat(WorkCharts.errors(Map.of()).note()).isEqualTo("No row that this run embedded has an error.");
        assertThat(WorkCharts.errors(Map.of()).isEmpty()).isTrue();
    }
}
