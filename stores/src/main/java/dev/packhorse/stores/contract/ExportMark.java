package dev.packhorse.stores.contract;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the rows of a store are in step with, kept there as a text of JSON or as single entries.
 *
 * @param source which table or folder
 * @param version of the source; empty where it has none
 * @param table what decides rows beside their content: a hash over model, dimension and columns
 * @param rows how many there were
 */
public record ExportMark(String source, String version, String table, long rows) implements Serializable {

    /** As entries, for stores that keep names and texts. */
    public Map<String, String> entries() {
        var entries = new TreeMap<String, String>();
        entries.put("packhorse_source", source);
        entries.put("packhorse_version", version);
        entries.put("packhorse_table", table);
        entries.put("packhorse_rows", String.valueOf(rows));
        return entries;
    }

    /**
     * From entries, which may stand among others.
     *
     * @return empty where one is missing or is no mark
     */
    public static Optional<ExportMark> of(Map<String, String> entries) {
        if (!entries.keySet()
                .containsAll(new ExportMark("", "", "", 0).entries().keySet())) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ExportMark(
                    entries.get("packhorse_source"),
                    entries.get("packhorse_version"),
                    entries.get("packhorse_table"),
                    Long.parseLong(entries.get("packhorse_rows"))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
