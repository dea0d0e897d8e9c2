package dev.packhorse.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.jobs.page.BarChart.Bars;
import dev.packhorse.jobs.page.LineChart.Line;
import dev.packhorse.jobs.page.PointMap.Point;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

    /** Texts that would end a script, an attribute or a line, or that cannot be written. */
    private static final List<String> HOSTILE = List.of(
            "</script><script>alert(1)</script>",
            "<!-- <script>",
            "]]> --> {{data}} $1 \\ ${x}",
            "\"quotes\" and 'others' & &amp; `more`",
            "emoji 😀 and a flag 🇫🇷",
            "half \ud83d of one, and the other half \ude00",
            "right to left: \u202eשלום\u202c",
            "lines\nand\r\nmore\u2028of\u2029them",
            "bell \u0007, zero \u0000, delete \u007f, none \uffff",
            "<img src=https://example.org/x.png onerror=alert(1)>");

    private static Line line(String name, double... y) {
        var x = new double[y.length];
        for (var i = 0; i < x.length; i++) {
            x[i] = i;
        }
        return new Line(name, x, y);
    }

    private static Page everything(String text) {
        return Page.titled(text, text)
                .facts(Map.of(text, text))
                .section(text, text)
                .chart(new LineChart(
                        text, text, Axis.linear(text), Axis.logarithmic(text), List.of(line(text, 1, Double.NaN, 3))))
                .chart(new BarChart(
                        text,
                        text,
                        List.of(text, "other"),
                        Axis.linear(text),
                        List.of(new Bars(text, new double[] {1, 2})),
                        true))
                .chart(new PointMap(text, text, List.of(new Point(1, 2, text, text))))
                .table(new Table(text, text, List.of(text), List.of(List.of(text))));
    }

    private static String cleaned(String text) {
        return text.equals(HOSTILE.get(5))
                ? "half \ufffd of one, and the other half \ufffd"
                : text.equals(HOSTILE.get(8)) ? "bell \ufffd, zero \ufffd, delete \ufffd, none \ufffd" : text;
    }

    @Test
    void textsStayTextsWhateverTheyAre() {
        for (var text : HOSTILE) {
            var html = everything(text).html();
            var page = new PageReader(html);

            assertThat(html)
                    .doesNotContain("<script>alert")
                    .doesNotContain("<img")
                    .doesNotContain("\u0000");
            assertThat(html.split("<script", -1)).as(text).hasSize(4); // the data, the library, the page's own
            assertThat(html.split("</script", -1)).hasSize(4);
            assertThat(html.getBytes(StandardCharsets.UTF_8)).isEqualTo(utf8(html));
            assertThat(page.data().path(2).path("points").path(0).path("text").asText())
                    .isEqualTo(cleaned(text));
            assertThat(page.data().path(0).path("lines").path(0).path("name").asText())
                    .isEqualTo(cleaned(text));
            assertThat(page.data().path(1).path("categories").path(0).asText()).isEqualTo(cleaned(text));
            assertThat(page.titles()).containsOnly(cleaned(text));
        }
    }

    /** As a browser that is strict about it reads it back. */
    private static byte[] utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void nothingIsFetchedFromAnywhere() {
        var html = everything("a text").html();

        assertThat(Pattern.compile("\\b(src|href)\\s*=\\s*[\"']?(https?:)?//")
                        .matcher(html)
                        .find())
                .isFalse();
        assertThat(html)
                .doesNotContain("<link")
                .doesNotContain("@import")
                .doesNotContain("url(")
                .doesNotContain("sourceMappingURL")
                .doesNotContain("<img")
                .doesNotContain("fetch(")
                .doesNotContain("XMLHttpRequest")
                .doesNotContain("import(");
        // addresses there are only in comments: of the library's licence, and of where a part of it is from
        assertThat(Pattern.compile("https?://[^\\s\"'*]+")
                        .matcher(html)
                        .results()
                        .map(found -> found.group()))
                .containsExactlyInAnyOrder("https://www.chartjs.org", "https://github.com/kurkle/color#readme");
        assertThat(html).contains("Released under the MIT License");
    }

    @Test
    void allIsThereAlsoWithoutScripts() {
        var html = everything("what it is").html();

        assertThat(html)
                .startsWith("<!DOCTYPE html>\n<html lang=\"en\">")
                .contains("<title>what it is</title>")
                .contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .contains(
                        "<noscript><p class=\"none\">The charts need JavaScript; the tables below them hold the same numbers.")
                .contains("role=\"img\" aria-label=\"what it is: what it is\"")
                .doesNotContain("{{");
        assertThat(html.split("<details><summary>The numbers</summary>", -1)).hasSize(4); // one a chart
    }

    @Test
    void numbersThatAreNoneAreGaps() {
        var chart = new LineChart(
                "speed",
                "",
                Axis.linear("share"),
                Axis.linear("tokens/s"),
                List.of(
                        line("a", 1, Double.NaN, Double.POSITIVE_INFINITY),
                        new Line("b", new double[] {1, 5}, new double[] {2.5, 1234567.8})));
        var page = new PageReader(Page.titled("", "").chart(chart).html());

        assertThat(page.chart("speed").path("lines").path(0).path("y").toString())
                .isEqualTo("[1.0,null,null]");
        assertThat(chart.numbers().columns()).containsExactly("share", "a", "b");
        assertThat(chart.numbers().rows())
                .containsExactly(
                        List.of("0", "1", ""),
                        List.of("1", "", "2.5"),
                        List.of("2", "", ""),
                        List.of("5", "", "1,234,568"));
        assertThat(page.html())
                .contains(
                        "<tr><td class=\"number\">1</td><td class=\"number\"></td><td class=\"number\">2.5</td></tr>");
        var points =
                new PointMap("map", "", List.of(new Point(Double.NaN, 1, "", "lost"), new Point(1, 1, "", "kept")));
        assertThat(ChartData.of(List.of(points)))
                .isEqualTo(
                        "[{\"kind\":\"points\",\"points\":[{\"x\":1.0,\"y\":1.0,\"group\":\"\",\"text\":\"kept\"}]}]");
    }

    @Test
    void aChartOfNothingSaysSo() {
        var page = Page.titled("", "")
                .chart(new LineChart("a", "", Axis.linear(""), Axis.linear(""), List.of(line("none"))))
                .chart(new BarChart("b", "", List.of(), Axis.linear(""), List.of(), false))
                .chart(new PointMap("c", "", List.of()));

        assertThat(page.html().split("<p class=\"none\">Nothing to show.</p>", -1))
                .hasSize(4);
        assertThat(page.html()).doesNotContain("data-chart=\"");
    }

    @Test
    void whatStandsBesideEachOtherIsInOneBox() {
        var chart = new PointMap("c", "", List.of(new Point(1, 1, "", "")));
        var html = Page.titled("", "")
                .chart(chart)
                .chart(chart)
                .section("s", "")
                .chart(chart)
                .html();

        assertThat(html.split("<div class=\"charts\">", -1)).hasSize(3);
        assertThat(html.split("<div", -1)).hasSameSizeAs(html.split("</div>", -1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-2",
                "1,234",
                "0.5",
                "1e-5",
                "12.5 ms",
                "2.1x",
                "97%",
                "1,024 tokens/s",
                "3 GiB",
                "-0.25",
                "−4"
            })
    void aNumberIsSetToTheRightPerhapsWithItsUnit(String text) {
        var table = new Table("", "", List.of("n"), List.of(List.of(text), List.of("—"), List.of("")));

        assertThat(table.isOfNumbers(0)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "1 to 2", "v1", "1 2", "", "-", "3 of them all"})
    void whatIsNoneIsNot(String text) {
        assertThat(new Table("", "", List.of("n"), List.of(List.of(text))).isOfNumbers(0))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0, '0'",
        "1234567, '1,234,567'",
        "12345.678, '12,346'",
        "0.123456, '0.1235'",
        "12.5, '12.5'",
        "0.00001234, '1.234e-05'",
        "-3.14159, '-3.142'",
        "NaN, ''",
        "Infinity, ''"
    })
    void numbersAreShort(double number, String text) {
        assertThat(Numbers.text(number)).isEqualTo(text);
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() {
        assertThatThrownBy(() -> new Line("fast", new double[3], new double[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("line fast: expected as many x as y, found 3 x and 2 y");
        assertThatThrownBy(() -> new BarChart(
                        "t", "", List.of("a", "b"), Axis.linear(""), List.of(new Bars("s", new double[1])), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bars s: expected a value for each of 2 categories, found 1");
        assertThatThrownBy(() -> new Table("t", "", List.of("a", "b"), List.of(List.of("1"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table t: expected 2 cells in a row, found 1: [1]");
    }

    @Test
    void factsAreInTheOrderOfTheMap() {
        var facts = new LinkedHashMap<String, String>();
        facts.put("z", "1");
        facts.put("a", "2");

        assertThat(new PageReader(Page.titled("", "").facts(facts).html()).facts())
                .containsExactly(Map.entry("z", "1"), Map.entry("a", "2"));
    }

    @Test
    void aFileIsReplacedAsAWhole(@TempDir Path folder) throws IOException {
        var file = folder.resolve("page.html");
        Files.writeString(file, "an older one");

        Page.titled("the newer one", "").write(file);

        assertThat(file).content().contains("<h1 dir=\"auto\">the newer one</h1>");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .startsWith("rw-r");
    }

    @Test
    void whereThereIsNoFolderNothingIsLeft(@TempDir Path folder) {
        var file = folder.resolve("none/page.html");

        assertThatThrownBy(() -> Page.titled("", "").write(file)).isInstanceOf(IOException.class);
        assertThat(folder).isEmptyDirectory();
    }
}
