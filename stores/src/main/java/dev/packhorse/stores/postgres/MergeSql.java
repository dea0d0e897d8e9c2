package dev.packhorse.stores.postgres;

import static java.util.stream.Collectors.joining;

import dev.packhorse.stores.contract.VectorTable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a task says to the server: rows go into a temporary table, which the transaction's end drops, and from there into the
 * table. The temporary one has a column {@code place}, which grows from row to row, and c0, c1, ... for the columns of the
 * table, so that no name of a user's can be in the way; a row without a content hash there stands for one to be deleted.
 */
final class MergeSql {

    private static final String STAGE = "pg_temp.packhorse_stage";
    private static final int CONTENT_HASH = 2;

    /** Of each id what was sent last. */
    private static final String LAST = "(SELECT DISTINCT ON (c0) * FROM " + STAGE + " ORDER BY c0, place DESC) AS sent";

    private final String target;
    private final List<Column> columns;

    MergeSql(PostgresAddress address, List<Column> columns) {
        this.target = address.quoted();
        this.columns = columns;
    }

    /** Its types are the table's own, wherever an extension has put them. */
    String makeStage() {
        return "CREATE TEMPORARY TABLE packhorse_stage ON COMMIT DROP AS SELECT 0::bigint AS place, %s FROM %s WITH NO DATA"
                .formatted(
                        IntStream.range(0, columns.size())
                                .mapToObj(i -> columns.get(i).quoted() + " AS c" + i)
                                .collect(joining(", ")),
                        target);
    }

    /** Numbers of vectors hardly get smaller: it is not tried. */
    String keepPlain() {
        return "ALTER TABLE %s ALTER COLUMN c1 SET STORAGE EXTERNAL".formatted(STAGE);
    }

    /** Takes {@code place} and all columns. */
    String copyRows() {
        return "COPY %s (place, %s) FROM STDIN (FORMAT binary)".formatted(STAGE, staged(""));
    }

    /** Takes {@code place} and ids to delete. */
    String copyDeleted() {
        return "COPY %s (place, c0) FROM STDIN (FORMAT binary)".formatted(STAGE);
    }

    /** Rows are locked in the order of their ids, as {@link #upsert} locks them. */
    String delete() {
        return """
                DELETE FROM %1$s WHERE "id" IN (
                  SELECT kept."id" FROM %1$s AS kept JOIN %2$s ON kept."id" = sent.c0
                  WHERE sent.c%3$d IS NULL ORDER BY sent.c0 FOR UPDATE OF kept)""".formatted(target, LAST, CONTENT_HASH);
    }

    /**
     * In the order of ids, so that two tasks that have the same ones cannot wait for each other. A row stays as it is where
     * nothing of it differs that decides the vector: the vector itself need not be read for that.
     */
    String upsert() {
        return """
                INSERT INTO %s AS kept (%s)
                SELECT %s FROM %s WHERE sent.c%d IS NOT NULL ORDER BY sent.c0
                ON CONFLICT ("id") DO UPDATE SET %s
                WHERE %s""".formatted(
                        target,
                        columns.stream().map(Column::quoted).collect(joining(", ")),
                        staged("sent."),
                        LAST,
                        CONTENT_HASH,
                        columns.stream()
                                .filter(column -> !column.name().equals(VectorTable.ID))
                                .map(column -> "%1$s = excluded.%1$s".formatted(column.quoted()))
                                .collect(joining(", ")),
                        columns.stream()
                                .filter(MergeSql::isCompared)
                                .map(column -> "kept.%1$s IS DISTINCT FROM excluded.%1$s".formatted(column.quoted()))
                                .collect(joining(" OR ")));
    }

    private static boolean isCompared(Column column) {
        return !List.of(VectorTable.ID, VectorTable.VECTOR, VectorTable.EMBEDDED_AT)
                .contains(column.name());
    }

    private String staged(String prefix) {
        return IntStream.range(0, columns.size())
                .mapToObj(i -> prefix + "c" + i)
                .collect(joining(", "));
    }
}
