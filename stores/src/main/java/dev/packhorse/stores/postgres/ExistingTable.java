package dev.packhorse.stores.postgres;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table that is there, held to what is to be exported.
 *
 * @param oid its number, which another table of the same name does not have
 * @param fileNode its file, which is another after all rows were let go; 0 where it has none
 * @param kind its {@code relkind}
 */
record ExistingTable(long oid, long fileNode, String kind) {

    /** Tables, and those that are made of partitions. */
    private static final List<String> WRITABLE = List.of("r", "p");

    /**
     * A column that is there.
     *
     * @param mustBeGiven whether each new row has to have a value for it
     */
    private record Found(String type, String shown, int modifier, boolean mustBeGiven) {}

    static Optional<ExistingTable> find(Connection connection, PostgresAddress address) throws SQLException {
        var sql = """
                SELECT c.oid::bigint, coalesce(pg_relation_filenode(c.oid), 0)::bigint, c.relkind::text
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = ? AND c.relname = ?""";
        try (var statement = Session.prepare(connection, sql, address.schema(), address.table());
                var row = statement.executeQuery()) {
            return row.next()
                    ? Optional.of(new ExistingTable(row.getLong(1), row.getLong(2), row.getString(3)))
                    : Optional.empty();
        }
    }

    /**
     * Holds it to a table.
     *
     * @param indexed whether it is to get an index over its vectors
     * @throws StoreException naming all columns that do not fit
     */
    void check(Server server, Connection connection, VectorTable table, VectorType vectorType, boolean indexed)
            throws SQLException {
        if (!WRITABLE.contains(kind)) {
            throw new StoreException("%s: expected a table, found a relation of kind '%s'".formatted(server, kind));
        }
        var found = columns(connection);
        checkDimension(server, connection, table, vectorType, Optional.ofNullable(found.get(VectorTable.VECTOR)));
        var wrong = new ArrayList<String>();
        for (var column : Column.of(table, vectorType)) {
            wrong.addAll(compare(column, Optional.ofNullable(found.remove(column.name())), indexed));
        }
        found.forEach((name, column) -> {
            if (column.mustBeGiven()) {
                wrong.add("expected no other column that must have a value, found %s".formatted(name));
            }
        });
        if (!hasKey(connection)) {
            wrong.add("expected a primary key, or a unique index, over id alone, found none");
        }
        if (!wrong.isEmpty()) {
            throw new StoreException(
                    "%s: the table that is there does not fit: %s; name another table, or change this one"
                            .formatted(server, String.join("; ", wrong)));
        }
    }

    private Map<String, Found> columns(Connection connection) throws SQLException {
        var sql = """
                SELECT a.attname::text, t.typname::text, format_type(a.atttypid, a.atttypmod), a.atttypmod,
                  a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
                FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum""";
        var columns = new LinkedHashMap<String, Found>();
        try (var statement = Session.prepare(connection, sql, oid);
                var row = statement.executeQuery()) {
            while (row.next()) {
                columns.put(
                        row.getString(1),
                        new Found(row.getString(2), row.getString(3), row.getInt(4), row.getBoolean(5)));
            }
        }
        return columns;
    }

    private static List<String> compare(Column column, Optional<Found> found, boolean indexed) {
        if (found.isEmpty()) {
            return List.of("expected a column %s of type %s, found none".formatted(column.name(), column.shown()));
        }
        var type = found.get();
        var noDimension = column.isVector() && indexed && type.modifier() < 0;
        return !type.type().equals(column.catalogName()) || noDimension
                ? List.of("expected column %s of type %s, found %s"
                        .formatted(column.name(), column.shown(), type.shown()))
                : List.of();
    }

    /** What a type says of it, or where it says nothing the first row. */
    private static void checkDimension(
            Server server, Connection connection, VectorTable table, VectorType vectorType, Optional<Found> column)
            throws SQLException {
        if (column.isEmpty() || !column.get().type().equals(vectorType.catalogName())) {
            return;
        }
        var dimension = column.get().modifier() > 0 ? column.get().modifier() : ofFirstRow(server, connection);
        if (dimension > 0 && dimension != table.dimension()) {
            throw new StoreException(
                    "%s: expected vectors of %d numbers, found %d; name another table, or export what it was made for"
                            .formatted(server, table.dimension(), dimension));
        }
    }

    /** Of all types: the numbers between the commas; 0 without a row. */
    private static int ofFirstRow(Server server, Connection connection) throws SQLException {
        var sql =
                "SELECT cardinality(string_to_array(\"vector\"::text, ',')) FROM %s WHERE \"vector\" IS NOT NULL LIMIT 1"
                        .formatted(server.address().quoted());
        try (var statement = Session.prepare(connection, sql);
                var row = statement.executeQuery()) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private boolean hasKey(Connection connection) throws SQLException {
        var sql = """
                SELECT count(*) > 0 FROM pg_index i
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = ?::oid AND i.indisunique AND i.indimmediate AND i.indisvalid
                  AND i.indnkeyatts = 1 AND i.indpred IS NULL AND a.attname = 'id'""";
        try (var statement = Session.prepare(connection, sql, oid);
                var answer = statement.executeQuery()) {
            return answer.next() && answer.getBoolean(1);
        }
    }
}
