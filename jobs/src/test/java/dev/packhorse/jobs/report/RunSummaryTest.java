package dev.packhorse.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.output.WrittenFiles;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.ExecutorReport;
import dev.packhorse.udf.metrics.RunReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class RunSummaryTest {

    private static final Map<String, ExecutorReport> TWO_EXECUTORS = Map.of(
            "1", new ExecutorReport("onnxruntime", 1, 1_300L << 20, 1_900L << 20),
            "2", new ExecutorReport("onnxruntime", 2, 1_400L << 20, 1_800L << 20));

    private static Counts counts() {
        var counts = new Counts();
        counts.add(Count.ROWS, 12_345);
        counts.add(Count.VECTORS, 12_340);
        counts.add(Count.DUPLICATES, 1_111);
        counts.add(Count.TRUNCATED_ROWS, 22);
        counts.add(Count.LOST_TOKENS, 3_333);
        counts.add(Count.BATCHES, 4_444);
        counts.add(Count.TOKENS, 700_000);
        counts.add(Count.COMPUTED_TOKENS, 750_000);
        counts.add(Count.ERROR_NULL_TEXT, 2);
        counts.add(Count.ERROR_EMPTY_TEXT, 3);
        counts.add(Count.READ_NANOS, 1_000_000_000L);
        counts.add(Count.TOKENIZE_NANOS, 2_000_000_000L);
        counts.add(Count.ENCODE_NANOS, 30_000_000_000L);
        counts.add(Count.LOAD_NANOS, 500_000_000L);
        counts.add(Count.TASK_NANOS, 24_000_000_000L);
        return counts;
    }

    /** Two tasks that encoded, and one that only read. */
    private static Map<String, Counts> partitions() {
        var second = new Counts();
        second.add(Count.TASK_NANOS, 15_000_000_000L);
        second.add(Count.TOKENS, 200_000);
        second.add(Count.COMPUTED_TOKENS, 250_000);
        return Map.of("0", counts(), "1", second, "2", new Counts());
    }

    private static RunSummary summary(
            Map<String, Counts> partitions, Map<String, ExecutorReport> executors, int files) {
        return new RunSummary(
                "tiny-bert",
                "0123456789abcdef0123456789abcdef",
                new RunReport(partitions, executors),
                TakenOver.NOTHING,
                new WrittenFiles(List.of(new Path("a"), new Path("b")).subList(0, files), 3 << 20, 12_345, 12_340, 5),
                Duration.ofSeconds(20),
                Duration.ofSeconds(40),
                2,
                "file:/out");
    }

    @Test
    void theTableHoldsEveryFigure() {
        assertThat(SummaryTable.of(summary(partitions(), TWO_EXECUTORS, 2)).lines())
                .containsExactly(
                        "model        tiny-bert, fingerprint 0123456789abcdef",
                        "encoder      onnxruntime",
                        "rows read    12,345",
                        "vectors      12,340",
                        "errors       5 (null text 2, empty text 3)",
                        "duplicates   1,111 rows took the vector of another with the same text",
                        "truncated    22 rows, 3,333 tokens lost",
                        "tokens       900,000 in 4,444 batches, padding 10.0%",
                        "tasks        2 that encoded, the largest 1.50 times the mean in tokens, the slowest 1.00 times the median in time",
                        "speed        encoder 60,000 tokens/s, job 45,000 tokens/s",
                        "time         20.0 s; of the tasks' 40.0 s: read 1.0, tokenize 2.0, encode 30.0, write 6.5, load the model 0.5",
                        "model loads  3 on 2 executors",
                        "peak memory  heap 1,400 MiB, resident 1,900 MiB, of the largest executor",
                        "output       file:/out (2 files, 3.0 MiB)");
    }

    @Test
    void oneIsSaidAsOneAndWhatIsUnknownAsUnknown() {
        var executor = Map.of("driver", new ExecutorReport("onnxruntime", 1, 1 << 20, 0));

        assertThat(SummaryTable.of(summary(partitions(), executor, 1)))
                .contains("1 on 1 executor" + System.lineSeparator())
                .contains("resident unknown")
                .contains("(1 file, 3.0 MiB)");
    }

    @Test
    void chunksAreShownWhereThereAreAny() {
        var counts = counts();
        counts.add(Count.CHUNKED_ROWS, 1_200);
        counts.add(Count.CHUNKS, 3_456);
        var summary = summary(Map.of("0", counts), TWO_EXECUTORS, 2);

        assertThat(SummaryTable.of(summary).lines())
                .contains("chunks       1,200 long texts were cut into 3,456 chunks");
        assertThat(summary.asEntries()).containsEntry("chunked_rows", 1_200L).containsEntry("chunks", 3_456L);
    }

    @Test
    void numbersAreShownTheSameInEveryCountry() {
        var before = Locale.getDefault();
        try {
            var expected = SummaryTable.of(summary(partitions(), TWO_EXECUTORS, 2));
            Locale.setDefault(Locale.GERMANY);
            assertThat(SummaryTable.of(summary(partitions(), TWO_EXECUTORS, 2))).isEqualTo(expected);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aRunWithoutRowsHasATableToo() {
        assertThat(SummaryTable.of(summary(Map.of("0", new Counts()), Map.of(), 0)))
                .contains("speed        encoder 0 tokens/s, job 0 tokens/s")
                .contains("model loads  0 on 0 executors");
    }

    @Test
    void theManifestsEntriesAreTheSameFigures() {
        assertThat(summary(partitions(), TWO_EXECUTORS, 2).asEntries())
                .containsEntry("rows", 12_345L)
                .containsEntry("rows_taken_over", 0L)
                .containsEntry("rows_embedded", 12_345L)
                .containsEntry("vectors", 12_340L)
                .containsEntry("errors", 5L)
                .containsEntry("errors_by_reason", Map.of("null text", 2L, "empty text", 3L))
                .containsEntry("duplicates_encoded_once", 1_111L)
                .containsEntry("truncated_rows", 22L)
                .containsEntry("lost_tokens", 3_333L)
                .containsEntry("tokens", 900_000L)
                .containsEntry("computed_tokens", 1_000_000L)
                .containsEntry("batches", 4_444L)
                .containsEntry(
                        "task_tokens", Map.of("min", 250_000L, "median", 750_000L, "p90", 750_000L, "max", 750_000L))
                .containsEntry("task_millis", Map.of("min", 15_000L, "median", 24_000L, "p90", 24_000L, "max", 24_000L))
                .containsEntry("model_loads", 3)
                .containsEntry("executors", 2)
                .containsEntry("files", 2)
                .containsEntry("bytes", 3L << 20)
                .containsEntry("wall_seconds", 20.0);
    }
}
