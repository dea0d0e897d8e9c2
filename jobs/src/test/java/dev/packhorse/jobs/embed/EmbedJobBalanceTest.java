package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.report.Distribution;
import dev.packhorse.udf.metrics.Count;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How even the tasks of an embed job are. Held in tokens, for times are those of the machine. */
class EmbedJobBalanceTest extends EmbedJobFixture {

    private static final int TASKS = 12; // six a core
    private static final int FILES = 24;
    private static final double MOST = 1.5;

    /** Sorted by length in many files; the longest tenth has most of the tokens, also where the model cuts at 64. */
    private List<Path> longTail() {
        var random = new Random(7);
        var files = new ArrayList<Path>();
        for (var file = 0; file < FILES; file++) {
            var lines = new ArrayList<String>();
            for (var i = 0; i < 50; i++) {
                var row = file * 50 + i;
                var words = row < FILES * 45 ? 1 + row / 500 : 40 + row / 10;
                lines.add(TextFiles.json(
                        row,
                        String.join(
                                " ",
                                random.ints(words, 0, 900)
                                        .mapToObj(word -> "w" + word)
                                        .toList())));
            }
            files.add(TextFiles.write(folder.resolve("sorted/%02d.jsonl".formatted(file)), lines));
        }
        return files;
    }

    private EmbedRun job() {
        return EmbedRun.to(output)
                .from("json", longTail().toArray(Path[]::new))
                .set("input-schema", "id BIGINT, text STRING")
                // no two files in one task, if tasks were what files are
                .set("dedupe-cache", "0");
    }

    @ParameterizedTest
    @CsvSource({"window, truncate", "global, truncate", "window, chunk", "global, chunk"})
    void theLargestTaskHasLittleMoreTokensThanTheMedianOne(String sort, String longText) {
        var summary = job().set("sort", sort).set("long-text", longText).run();

        var tokens = summary.tokensOfTasks();
        assertThat(tokens.count()).isEqualTo(TASKS);
        assertThat(tokens.imbalance()).as("%s", tokens).isLessThanOrEqualTo(MOST);
        assertThat(summary.largestTask()).isLessThanOrEqualTo(MOST);
        assertThat(summary.counts().get(Count.ROWS)).isEqualTo(FILES * 50L);
        assertThat(asTheyLie().imbalance()).as("what there was to balance").isGreaterThan(2 * MOST);
    }

    /** Tokens of tasks that take the rows in their order. */
    private Distribution asTheyLie() {
        var tokens = new long[TASKS];
        written()
                .forEach(row -> tokens[Math.toIntExact(row.<Long>getAs("id") * TASKS / (FILES * 50))] +=
                        row.<Integer>getAs("tokens"));
        return Distribution.of(LongStream.of(tokens));
    }

    @Test
    void manyRowsGetATaskAWindow() {
        var summary = job().set("window-rows", "50").run();

        var tokens = summary.tokensOfTasks();
        assertThat(tokens.count()).isEqualTo(FILES);
        assertThat(tokens.imbalance()).as("%s", tokens).isLessThanOrEqualTo(MOST);
    }

    @Test
    void aQueryOfSeveralStagesIsNotReadTwiceAndIsSpreadAllTheSame() {
        var summary = EmbedRun.to(output)
                .set("query", "SELECT id, max(concat('text ', id)) AS text FROM range(1200) GROUP BY 1")
                .run();

        assertThat(summary.tokensOfTasks().count()).isEqualTo(TASKS);
        assertThat(summary.written().vectors()).isEqualTo(1200);
    }
}
