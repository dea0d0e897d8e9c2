package dev.packhorse.jobs.reindex;

import dev.packhorse.jobs.report.RunLine;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** For people, what a run's line says to programs. */
final class RunFacts {

    private static final Pattern COUNT = Pattern.compile("\\d{1,18}");

    private static final Pattern SECONDS = Pattern.compile("\\d+\\.\\d+");

    private RunFacts() {}

    /** An entry of the line, and what people call it. */
    private record Fact(String key, String name) {}

    private static final List<Fact> FACTS = List.of(
            new Fact("ended", "ended"),
            new Fact("error", "error"),
            new Fact("status", "status"),
            new Fact("model", "model"),
            new Fact("fingerprint", "fingerprint"),
            new Fact("source_rows", "rows of the source"),
            new Fact("new", "new"),
            new Fact("changed", "changed"),
            new Fact("carried", "with other carried columns"),
            new Fact("unchanged", "unchanged"),
            new Fact("without_id", "without an id"),
            new Fact("removed", "removed"),
            new Fact("encoded_texts", "texts encoded"),
            new Fact("vectors_taken_from_target", "vectors that the target had"),
            new Fact("rows_taken_over", "rows taken over from a run that died"),
            new Fact("truncated_rows", "truncated texts"),
            new Fact("tokens", "tokens"),
            new Fact("seconds", "duration"),
            new Fact("snapshot_before", "snapshot before"),
            new Fact("snapshot", "snapshot"),
            new Fact("run", "run"),
            new Fact("started", "started"));

    /** Those that the line has, in the order in which people read them. */
    static Map<String, String> of(RunLine line) {
        var facts = new LinkedHashMap<String, String>();
        for (var fact : FACTS) {
            var text = line.text(fact.key());
            if (!text.isEmpty()) {
                facts.put(fact.name(), readable(fact.key(), text));
            }
        }
        return facts;
    }

    private static String readable(String key, String text) {
        return switch (key) {
            case "fingerprint" -> text.substring(0, Math.min(16, text.length()));
            case "seconds" ->
                SECONDS.matcher(text).matches() ? String.format(Locale.ROOT, "%.1f s", Double.parseDouble(text)) : text;
            case "started" ->
                Instant.parse(text).truncatedTo(ChronoUnit.SECONDS).toString();
            case "snapshot", "snapshot_before", "run" -> text;
            default -> COUNT.matcher(text).matches() ? String.format(Locale.ROOT, "%,d", Long.parseLong(text)) : text;
        };
    }
}
