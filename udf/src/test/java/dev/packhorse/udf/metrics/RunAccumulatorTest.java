package dev.packhorse.udf.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RunAccumulatorTest {

    /** What a task hands in that ran a partition. */
    private static RunAccumulator task(String step, int partition, long rows) {
        var task = new RunAccumulator();
        task.open(step, partition).add(Count.ROWS, rows);
        return task;
    }

    private static long rows(RunAccumulator accumulator) {
        return accumulator.value().total().get(Count.ROWS);
    }

    @Test
    void partitionsAndStepsAddUp() {
        var driver = new RunAccumulator();

        driver.merge(task("tokenize", 0, 3));
        driver.merge(task("tokenize", 1, 4));
        driver.merge(task("encode", 0, 10));

        assertThat(rows(driver)).isEqualTo(17);
    }

    @Test
    void aPartitionThatRunsTwiceCountsOnce() {
        var driver = new RunAccumulator();

        driver.merge(task("embed", 0, 3));
        driver.merge(task("embed", 1, 4));
        driver.merge(task("embed", 0, 3));

        assertThat(rows(driver)).isEqualTo(7);
        assertThat(driver.value().partitions()).hasSize(2);
    }

    @Test
    void aPartitionThatIsOpenedAgainBeginsAtZero() {
        var accumulator = task("embed", 0, 3);

        accumulator.open("embed", 0).add(Count.ROWS, 1);

        assertThat(rows(accumulator)).isEqualTo(1);
    }

    @Test
    void countsAreSeenWhileTheTaskRuns() {
        var accumulator = new RunAccumulator();
        var counts = accumulator.open("embed", 0);

        counts.add(Count.ROWS, 5);
        assertThat(rows(accumulator)).isEqualTo(5);
        counts.add(Count.ROWS, 1);
        assertThat(rows(accumulator)).isEqualTo(6);
    }

    @Test
    void ofAnExecutorsReportsTheLargestNumbersAreKept() {
        var accumulator = new RunAccumulator();

        accumulator.report("1", new ExecutorReport("encoder", 1, 500, 70));
        accumulator.report("1", new ExecutorReport("encoder", 2, 400, 90));
        accumulator.report("2", new ExecutorReport("encoder", 1, 1, 1));

        assertThat(accumulator.value().executors())
                .isEqualTo(Map.of(
                        "1", new ExecutorReport("encoder", 2, 500, 90),
                        "2", new ExecutorReport("encoder", 1, 1, 1)));
    }

    @Test
    void anExecutorsEncodersAreAllNamed() {
        var accumulator = new RunAccumulator();

        accumulator.report("1", new ExecutorReport("bound to cuda:0", 1, 500, 70));
        accumulator.report("1", new ExecutorReport("bound to cuda:1", 2, 500, 70));
        accumulator.report("1", new ExecutorReport("bound to cuda:0", 2, 500, 70));

        assertThat(accumulator.value().executors().get("1").encoders())
                .containsExactlyInAnyOrder("bound to cuda:0", "bound to cuda:1");
        assertThat(accumulator.value().executors().get("1").modelLoads()).isEqualTo(2);
    }

    @Test
    void executorsAreMergedLikePartitions() {
        var driver = new RunAccumulator();
        var task = new RunAccumulator();
        driver.report("1", new ExecutorReport("encoder", 1, 500, 70));
        task.report("1", new ExecutorReport("encoder", 1, 600, 60));

        driver.merge(task);

        assertThat(driver.value().executors()).isEqualTo(Map.of("1", new ExecutorReport("encoder", 1, 600, 70)));
    }

    @Test
    void aCopyHoldsTheSameAndGoesItsOwnWay() {
        var accumulator = task("embed", 0, 3);
        accumulator.report("1", new ExecutorReport("encoder", 1, 500, 70));

        var copy = accumulator.copy();
        assertThat(rows(copy)).isEqualTo(3);
        assertThat(copy.value().executors()).isEqualTo(accumulator.value().executors());

        copy.merge(task("embed", 1, 4));
        assertThat(rows(copy)).isEqualTo(7);
        assertThat(rows(accumulator)).isEqualTo(3);
    }

    @Test
    void resetMakesItZero() {
        var accumulator = task("embed", 0, 3);
        assertThat(accumulator.isZero()).isFalse();

        accumulator.reset();

        assertThat(accumulator.isZero()).isTrue();
        assertThat(rows(accumulator)).isZero();
        assertThat(new RunAccumulator().isZero()).isTrue();
    }

    @Test
    void aReportOfAnExecutorAloneIsNotZero() {
        var accumulator = new RunAccumulator();

        accumulator.report("1", new ExecutorReport("encoder", 1, 500, 70));

        assertThat(accumulator.isZero()).isFalse();
    }

    @Test
    void whatARunningTaskSaysCompletesTheReportButReplacesNoPartitionThatIsDone() {
        var done = task("embed", 0, 3);
        done.report("1", new ExecutorReport("encoder", 1, 500, 70));
        var live = task("embed", 0, 2);
        live.merge(task("embed", 1, 4));
        live.report("1", new ExecutorReport("encoder", 1, 600, 60));

        var report = done.value().with(live.value());

        assertThat(report.total().get(Count.ROWS)).isEqualTo(7);
        assertThat(report.executors()).isEqualTo(Map.of("1", new ExecutorReport("encoder", 1, 600, 70)));
        assertThat(rows(done)).isEqualTo(3);
    }

    @Test
    void anExecutorReportsItsOwnMemory() {
        var report = ExecutorReport.now("encoder", 3);

        assertThat(report.encoders()).containsExactly("encoder");
        assertThat(report.modelLoads()).isEqualTo(3);
        assertThat(report.peakHeapBytes()).isPositive();
        assertThat(report.peakResidentBytes()).isNotNegative();
    }
}
