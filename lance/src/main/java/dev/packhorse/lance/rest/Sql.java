package dev.packhorse.lance.rest;

import dev.packhorse.stores.contract.VectorTable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The predicates that a server is asked with. */
final class Sql {

    private Sql() {}

    /** Whether a row's id is one of some, which may have quotes in them. */
    static String idIn(List<String> ids) {
        return ids.stream()
                .map(id -> "'" + id.replace("'", "''") + "'")
                .collect(Collectors.joining(",", VectorTable.ID + " IN (", ")"));
    }

    /**
     * Whether a row that is sent is another than that of its id: by its content hash, and by all else but the vector, for a
     * vector that is another has another model or another time.
     */
    static String differs(VectorTable table) {
        var required = Stream.of(
                        VectorTable.CONTENT_HASH,
                        VectorTable.MODEL_ID,
                        VectorTable.MODEL_VERSION,
                        VectorTable.EMBEDDED_AT,
                        VectorTable.METADATA)
                .map("source.`%1$s` <> target.`%1$s`"::formatted);
        var carried = table.carried().stream()
                .map(column ->
                        "source.`%1$s` <> target.`%1$s` OR (source.`%1$s` IS NULL AND target.`%1$s` IS NOT NULL) OR (source.`%1$s` IS NOT NULL AND target.`%1$s` IS NULL)"
                                .formatted(column.name()));
        return Stream.concat(required, carried).collect(Collectors.joining(" OR "));
    }
}
