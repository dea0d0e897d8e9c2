package dev.packhorse.jobs.reindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.jobs.page.PageReader;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The report page of the reindex job. */
class ReindexPageTest extends ReindexFixture {

    private Path file;

    @BeforeEach
    void namePage() {
        file = folder.resolve("page.html");
    }

    private static List<String> pointTexts(PageReader page) {
        return StreamSupport.stream(
                        page.chart("Some of the vectors").path("points").spliterator(), false)
                .map(point -> point.path("text").asText())
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void itSaysWhatTheLineSays(TargetFormat format) {
        fill(30);
        lines.add(TextFiles.json(99, "")); // an error
        reindex(format);
        texts.put(3, "another text </script>");
        texts.put(4, "one more");
        texts.put(1000, "a new one");
        texts.put(1001, texts.get(5)); // whose vector the target has
        texts.remove(10);

        var said = reindex(format, "report-page", file.toString());

        assertThat(said.out()).contains("report page  " + file);
        var page = PageReader.of(file);
        assertThat(page.facts())
                .containsEntry("ended", "done: published, or nothing had changed")
                .containsEntry("status", "published")
                .containsEntry("snapshot", said.report().path("snapshot").asText())
                .containsKeys("encoder", "machine", "Spark", "duration");
        assertThat(page.count("rows of the source")).isEqualTo(said.count("source_rows"));
        assertThat(page.count("new")).isEqualTo(2);
        assertThat(page.count("changed")).isEqualTo(2);
        assertThat(page.count("removed")).isEqualTo(1);
        assertThat(page.count("texts encoded"))
                .isEqualTo(said.count("encoded_texts"))
                .isEqualTo(3);
        assertThat(page.count("vectors that the target had")).isEqualTo(1);
        assertThat(page.count("tokens")).isEqualTo(said.count("tokens"));
        assertThat(page.chart("Time by step").path("categories").toString())
                .startsWith("[\"open\",\"compare\",\"embed\",\"write\",\"audit\",\"publish\",\"page\"");
        assertThat(page.html())
                .contains("<h3>The audit</h3>")
                .contains("<td dir=\"auto\">duplicate ids</td><td dir=\"auto\">passed</td>");
        var padding = page.chart("Padding saved").path("series");
        assertThat(padding.path(0).path("values").path(2).asLong()).isEqualTo(said.count("tokens"));
        assertThat(pointTexts(page))
                .containsExactly(
                        "1000: a new one",
                        "1001: text number 5 of the source, which says this and that",
                        "3: another text </script>",
                        "4: one more");
    }

    @Test
    void whereNothingChangedItSaysSo() {
        fill(4);
        reindex(TargetFormat.PARQUET);

        reindex(TargetFormat.PARQUET, "report-page", file.toString());

        var page = PageReader.of(file);
        assertThat(page.facts()).containsEntry("status", "unchanged");
        assertThat(page.sections()).containsEntry("Vectors", "No vector was made.");
        assertThat(page.html()).contains("No text was encoded by this run.").doesNotContain("The audit");
    }

    @Test
    void anAuditThatFailedIsOnIt() {
        fill(6);

        assertThatThrownBy(() -> reindex(
                        TargetFormat.PARQUET,
                        "precision",
                        "int8",
                        "audit-min-cosine",
                        "1",
                        "report-page",
                        file.toString()))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith("the audit failed, and nothing was published: ");

        var page = PageReader.of(file);
        assertThat(page.facts()).containsEntry("status", "audit failed").containsKey("error");
        assertThat(page.html()).contains("<td dir=\"auto\">failed</td>");
        assertThat(pointTexts(page)).hasSize(6);
    }

    @Test
    void aPageThatCannotBeWrittenIsNoReasonToFail() throws IOException {
        fill(3);
        Files.writeString(folder.resolve("pages"), "a file where a folder is to be");

        var said = reindex(
                TargetFormat.PARQUET,
                "report-page",
                folder.resolve("pages/page.html").toString());

        assertThat(said.report().path("status").asText()).isEqualTo("published");
        assertThat(said.report().path("step_seconds").has("page")).isTrue();
        assertThat(said.out()).contains("WARNING: --report-page ").contains("; the run itself is not touched by that");
    }

    @Test
    void aPageAmongTheRowsOfATargetIsRefused() {
        fill(1);
        var place = folder.resolve("vectors/page.html").toString();

        assertThatThrownBy(() -> reindex(TargetFormat.PARQUET, "report-page", place))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--report-page %s: expected a file outside of --target, whose readers take all files for rows, or a name that begins with _"
                                .formatted(place));
    }

    @Test
    void withoutAPageNoStepIsForIt() {
        fill(3);

        assertThat(reindex(TargetFormat.PARQUET).report().path("step_seconds").has("page"))
                .isFalse();
    }
}
