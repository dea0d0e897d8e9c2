package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.plan.BatchPlanner;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.metrics.TaskProfile;
import dev.packhorse.udf.metrics.TaskProfile.Lengths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What tasks say for a report page, held against the rows that came out. */
class ProfiledEmbeddingTest extends EmbeddingFixture {

    private static List<String> texts() {
        var texts = new ArrayList<>(IntStream.range(0, 150)
                .mapToObj(i -> "text %d ".formatted(i) + "word ".repeat(i * 7 % 31))
                .toList());
        texts.add(texts.get(40)); // the same again
        texts.add(""); // has no tokens
        texts.add("long ".repeat(1_000)); // is truncated
        return texts;
    }

    @ParameterizedTest
    @EnumSource
    void lengthsAndPaddingAreThoseOfTheRows(Way way) {
        var accumulator = new RunAccumulator(true);
        LocalSpark.session().sparkContext().register(accumulator);
        var embedding = new Embedding(COLUMNS, settings(ENGINE, 1_000), accumulator);

        var rows = way.embed(embedding, source(rows(texts()), 1), 1).collectAsList();

        var profiles = accumulator.value().partitions().values().stream()
                .flatMap(task -> task.profile().stream())
                .toList();
        var whole = new TreeMap<Integer, Long>();
        var truncated = new TreeMap<Integer, Long>();
        for (var row : rows) {
            if (tokens(row) > 0) {
                (row.<Boolean>getAs("truncated") ? truncated : whole).merge(tokens(row), 1L, Long::sum);
            }
        }
        assertThat(profiles.stream().map(TaskProfile::lengths).reduce(Lengths.NONE, Lengths::plus))
                .isEqualTo(new Lengths(whole, truncated));
        assertThat(truncated).hasSize(1).containsValue(1L);
        assertThat(profiles.stream().mapToLong(TaskProfile::sortedPaddedTokens).sum())
                .isEqualTo(sortedAndPadded(rows));
        assertThat(profiles.stream().mapToLong(TaskProfile::arrivalPaddedTokens).sum())
                .isEqualTo(asTheyCame(rows));
        assertThat(accumulator.value().total().get(Count.DUPLICATES)).isEqualTo(1);
    }

    private static int tokens(Row row) {
        return row.<Integer>getAs("tokens");
    }

    /** Each text once. */
    private static long sortedAndPadded(List<Row> rows) {
        Map<String, Integer> once = new TreeMap<>();
        rows.stream().filter(row -> tokens(row) > 0).forEach(row -> once.put(row.getAs("text_hash"), tokens(row)));
        var lengths = once.values().stream().mapToInt(Integer::intValue).toArray();
        return new BatchPlanner(ENGINE.maxBatchTokens(), true)
                .plan(lengths).stream()
                        .mapToLong(batch -> (long) batch.length
                                * IntStream.of(batch).map(i -> lengths[i]).max().orElseThrow())
                        .sum();
    }

    /** In the order of ids, in which the source has them. */
    private static long asTheyCame(List<Row> rows) {
        var lengths = rows.stream()
                .sorted((a, b) -> a.<Integer>getAs("id").compareTo(b.<Integer>getAs("id")))
                .filter(row -> tokens(row) > 0)
                .mapToInt(ProfiledEmbeddingTest::tokens)
                .toArray();
        var sum = 0L;
        for (var from = 0; from < lengths.length; from += TaskProfile.ARRIVAL_BATCH) {
            var to = Math.min(lengths.length, from + TaskProfile.ARRIVAL_BATCH);
            sum += (long) (to - from)
                    * IntStream.range(from, to).map(i -> lengths[i]).max().orElseThrow();
        }
        return sum;
    }
}
