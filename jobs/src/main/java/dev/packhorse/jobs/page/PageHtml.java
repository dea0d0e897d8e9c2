package dev.packhorse.jobs.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a page as HTML, and the page of its parts. */
final class PageHtml {

    /** The version is the one of pom.xml, and a test finds the file there. */
    private static final String LIBRARY = "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

    /** A place in the skeleton that something goes to. */
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z]+)}}");

    /** It names a file that is not part of the page. */
    private static final Pattern SOURCE_MAP = Pattern.compile("//# sourceMappingURL=.*");

    private PageHtml() {}

    /**
     * The page.
     *
     * @param parts by their place in the skeleton; in them nothing is replaced any more
     */
    static String whole(Map<String, String> parts) {
        var all = new HashMap<>(parts);
        all.put("style", resource("page.css"));
        all.put("script", resource("page.js"));
        all.put("library", SOURCE_MAP.matcher(resource(LIBRARY)).replaceAll("").strip());
        return PLACE.matcher(resource("page.html"))
                .replaceAll(place -> Matcher.quoteReplacement(all.get(place.group(1))));
    }

    static String facts(Map<String, String> facts) {
        var html = new StringBuilder("<dl class=\"facts\">\n");
        facts.forEach((name, value) -> html.append(
                "<div><dt>%s</dt><dd dir=\"auto\">%s</dd></div>\n".formatted(Texts.html(name), Texts.html(value))));
        return html.append("</dl>\n").toString();
    }

    static String section(String heading, String note) {
        return "<h2>%s</h2>\n%s".formatted(Texts.html(heading), note(note));
    }

    /** @param number of the chart in the page's data */
    static String chart(Chart chart, int number) {
        var what = Texts.html(chart.note().isEmpty() ? chart.title() : chart.title() + ": " + chart.note());
        var kind = chart instanceof PointMap ? "map" : "plot";
        var plot = chart.isEmpty()
                ? "<p class=\"none\">Nothing to show.</p>"
                : """
                <div class="%s" data-chart="%d"><canvas role="img" aria-label="%s"></canvas></div>
                <details><summary>The numbers</summary>%s</details>""".formatted(kind, number, what, grid(chart.numbers()));
        return """
                <figure class="%s">
                <figcaption><h3>%s</h3>
                %s</figcaption>
                %s
                </figure>
                """.formatted(
                chart instanceof PointMap ? "wide" : "half", Texts.html(chart.title()), note(chart.note()), plot);
    }

    static String table(Table table) {
        return """
                <section class="table">
                %s%s%s
                </section>
                """.formatted(
                        table.title().isEmpty() ? "" : "<h3>%s</h3>\n".formatted(Texts.html(table.title())),
                        note(table.note()),
                        grid(table));
    }

    /** It scrolls by itself, also by keyboard. */
    private static String grid(Table table) {
        var html = new StringBuilder(
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table>\n<thead><tr>"
                        .formatted(Texts.html(table.title().isEmpty() ? "a table" : table.title())));
        for (var i = 0; i < table.columns().size(); i++) {
            html.append("<th scope=\"col\"%s>%s</th>"
                    .formatted(style(table, i), Texts.html(table.columns().get(i))));
        }
        html.append("</tr></thead>\n<tbody>\n");
        for (var row : table.rows()) {
            html.append("<tr>");
            for (var i = 0; i < row.size(); i++) {
                html.append("<td%s>%s</td>".formatted(style(table, i), Texts.html(row.get(i))));
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody></table></div>").toString();
    }

    private static String style(Table table, int column) {
        if (table.isOfNumbers(column)) {
            return " class=\"number\"";
        }
        return table.isLong(column) ? " class=\"long\" dir=\"auto\"" : " dir=\"auto\"";
    }

    private static String note(String note) {
        return note.isEmpty() ? "" : "<p class=\"note\">%s</p>\n".formatted(Texts.html(note));
    }

    private static String resource(String name) {
        try (var stream = PageHtml.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException(
                        "expected %s in Packhorse's jar, found none: the jar is not whole".formatted(name));
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read " + name, e);
        }
    }
}
