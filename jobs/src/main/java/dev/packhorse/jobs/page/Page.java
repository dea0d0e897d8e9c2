package dev.packhorse.jobs.page;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A report page under construction: what is added comes in the order in which it was added. Texts may hold anything; they are
 * shown as they are and never become part of the page's code. Not thread-safe.
 */
public final class Page {

    private final String title;
    private final String subtitle;
    private final List<Block> blocks = new ArrayList<>();
    private final List<Chart> charts = new ArrayList<>();

    private Page(String title, String subtitle) {
        this.title = title;
        this.subtitle = subtitle;
    }

    /** A part of the page, as HTML; those of a kind that follow each other stand beside each other where there is room. */
    private record Block(boolean chart, String html) {}

    /** A page with nothing on it yet. */
    public static Page titled(String title, String subtitle) {
        return new Page(title, subtitle);
    }

    /** Adds short facts, each under its name. */
    public Page facts(Map<String, String> facts) {
        return add(PageHtml.facts(facts));
    }

    /**
     * Begins a section.
     *
     * @param note may be empty
     */
    public Page section(String heading, String note) {
        return add(PageHtml.section(heading, note));
    }

    /** Adds a chart, with a table of its numbers folded up below it. */
    public Page chart(Chart chart) {
        blocks.add(new Block(true, PageHtml.chart(chart, charts.size())));
        charts.add(chart);
        return this;
    }

    /** Adds a table. */
    public Page table(Table table) {
        return add(PageHtml.table(table));
    }

    private Page add(String html) {
        blocks.add(new Block(false, html));
        return this;
    }

    /** The whole page: it needs no other file, and asks no network for one. */
    public String html() {
        var content = new StringBuilder();
        var inCharts = false;
        for (var block : blocks) {
            if (block.chart() != inCharts) {
                content.append(inCharts ? "</div>\n" : "<div class=\"charts\">\n");
                inCharts = block.chart();
            }
            content.append(block.html());
        }
        content.append(inCharts ? "</div>\n" : "");
        var parts = new LinkedHashMap<String, String>();
        parts.put("title", Texts.html(title));
        parts.put("subtitle", Texts.html(subtitle));
        parts.put("content", content.toString());
        parts.put("data", ChartData.of(charts));
        return PageHtml.whole(parts);
    }

    /**
     * Writes the page, in place of what the file had: readers see the old one or the new one, whole.
     *
     * @throws IOException when the folder is not there or cannot be written to
     */
    public void write(Path file) throws IOException {
        var written = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
        try {
            Files.writeString(written, html(), StandardCharsets.UTF_8);
            Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(written);
        }
    }
}
