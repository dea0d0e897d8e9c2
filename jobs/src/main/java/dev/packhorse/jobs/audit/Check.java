package dev.packhorse.jobs.audit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One thing that an audit looked at.
 *
 * @param name the same in every run
 * @param passed whether it lets the vectors be published
 * @param found what was expected and what was found, for people
 * @param ids some of the rows that it failed for, as text
 */
public record Check(String name, boolean passed, String found, List<String> ids) {

    /** How many ids are told. */
    public static final int MOST_IDS = 10;

    /** One that is passed where it found nothing. */
    static Check of(String name, boolean passed, String found) {
        return new Check(name, passed, found, List.of());
    }

    /** Checks by their names, with underscores, as programs read them. */
    public static Map<String, Object> entries(List<Check> checks) {
        var entries = new LinkedHashMap<String, Object>();
        for (var check : checks) {
            entries.put(
                    check.name().replace(' ', '_'),
                    Map.of("passed", check.passed(), "found", check.found(), "ids", check.ids()));
        }
        return entries;
    }

    /** In one line. */
    public String line() {
        return "%s: %s%s".formatted(name, found, ids.isEmpty() ? "" : "; ids " + String.join(", ", ids));
    }
}
