package dev.packhorse.jobs.charts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.page.PageReader;
import dev.packhorse.jobs.page.Table;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page where not all goes well; the jobs' own tests look at those where it does. */
class RunPageTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private RunPage page(Map<String, List<String>> given) {
        return RunPage.of(
                OptionValues.read(EmbedOptions.ALL, Map.of(), given),
                LocalSpark.session(),
                new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    @Test
    void whereVectorsCannotBeDrawnThePageSaysWhy() {
        var file = folder.resolve("page.html");
        var page = page(Map.of("report-page", List.of(file.toString())));
        var rows = LocalSpark.session().range(3).selectExpr("id", "false AS truncated"); // and no vectors

        page.sample(rows, rows.selectExpr("id", "'text' AS text"), "text");
        page.table(new Table("a table", "", List.of("a"), List.of()));
        page.write("a job", "of a test", Map.of("a fact", "it is one"), Map.of("a step", 1.5));

        assertThat(page.isWanted()).isTrue();
        assertThat(said.toString(StandardCharsets.UTF_8)).isEqualTo("report page  %s%n".formatted(file));
        var read = PageReader.of(file);
        assertThat(read.sections().get("Vectors"))
                .startsWith("Vectors could not be drawn: ")
                .contains("embedding");
        assertThat(read.facts()).containsEntry("a fact", "it is one").containsKeys("machine", "Spark");
        assertThat(read.html()).contains("<h3>a table</h3>");
        assertThat(read.chart("Time by step")
                        .path("series")
                        .path(0)
                        .path("values")
                        .toString())
                .isEqualTo("[1.5]");
    }

    @Test
    void withoutAFileNothingIsDone() {
        var page = page(Map.of());

        page.sample(LocalSpark.session().emptyDataFrame(), LocalSpark.session().emptyDataFrame(), "text");
        page.write("a job", "", Map.of(), Map.of());

        assertThat(page.isWanted()).isFalse();
        assertThat(page.accumulator().open("embed", 0).profile()).isEmpty();
        assertThat(said.size()).isZero();
        assertThat(folder).isEmptyDirectory();
    }
}
