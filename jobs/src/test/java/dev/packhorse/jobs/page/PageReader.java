package dev.packhorse.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads a report page as a browser does, as far as tests need it. */
public record PageReader(String html) {

    private static final Pattern DATA =
            Pattern.compile("<script type=\"application/json\" id=\"page-data\">(.*?)</script>", Pattern.DOTALL);

    private static final Pattern FACT = Pattern.compile("<dt>(.*?)</dt><dd dir=\"auto\">(.*?)</dd>");

    private static final Pattern TITLE = Pattern.compile("<figcaption><h3>(.*?)</h3>", Pattern.DOTALL);

    private static final Pattern SECTION = Pattern.compile("<h2>(.*?)</h2>\n(?:<p class=\"note\">(.*?)</p>)?");

    /** A page in a file. */
    public static PageReader of(Path file) {
        try {
            return new PageReader(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All charts' data, in their order. */
    public JsonNode data() {
        var found = DATA.matcher(html);
        assertThat(found.find()).isTrue();
        try {
            return new ObjectMapper().readTree(found.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The data of the chart with that title. */
    public JsonNode chart(String title) {
        var place = titles().indexOf(title);
        assertThat(place).as("%s among %s", title, titles()).isNotNegative();
        return data().path(place);
    }

    /** The charts' titles. */
    public List<String> titles() {
        return TITLE.matcher(html).results().map(found -> plain(found.group(1))).toList();
    }

    /** The note below a section's heading. */
    public Map<String, String> sections() {
        var sections = new LinkedHashMap<String, String>();
        SECTION.matcher(html)
                .results()
                .forEach(found ->
                        sections.put(plain(found.group(1)), found.group(2) == null ? "" : plain(found.group(2))));
        return sections;
    }

    public Map<String, String> facts() {
        var facts = new LinkedHashMap<String, String>();
        FACT.matcher(html).results().forEach(found -> facts.put(plain(found.group(1)), plain(found.group(2))));
        return facts;
    }

    /** A count among the facts. */
    public long count(String fact) {
        return Long.parseLong(facts().get(fact).replace(",", ""));
    }

    private static String plain(String html) {
        return html.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }
}
