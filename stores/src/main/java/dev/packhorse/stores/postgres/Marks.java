package dev.packhorse.stores.postgres;

import dev.packhorse.stores.contract.ExportMark;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What tables are in step with, in a table beside them. A mark is of one file of one table: once the table was dropped and made
 * again, restored from a dump, or rewritten, it says whose rows these are and no longer which version, so that the next export
 * compares all of them.
 */
final class Marks {

    private Marks() {}

    private static String table(PostgresAddress address) {
        return PostgresAddress.quote(address.schema()) + "." + PostgresAddress.quote(PostgresAddress.MARKS);
    }

    /** Makes the table of marks where there is none. */
    static void make(Connection connection, PostgresAddress address) throws SQLException {
        if (ExistingTable.find(connection, of(address)).isEmpty()) {
            Session.lock(connection, table(address));
            Session.execute(connection, """
                    CREATE TABLE IF NOT EXISTS %s (
                      table_name text PRIMARY KEY, table_oid bigint NOT NULL, file_node bigint NOT NULL,
                      source text NOT NULL, version text NOT NULL, table_hash text NOT NULL, row_count bigint NOT NULL,
                      exported_at timestamptz NOT NULL DEFAULT now())""".formatted(table(address)));
        }
    }

    private static PostgresAddress of(PostgresAddress address) {
        return new PostgresAddress(
                address.hosts(), address.database(), address.schema(), PostgresAddress.MARKS, address.settings());
    }

    /** The mark of a table; without a version where it was set for another file than the table has. */
    static Optional<ExportMark> find(Connection connection, PostgresAddress address, ExistingTable there)
            throws SQLException {
        var sql = """
                SELECT source, version, table_hash, row_count, table_oid, file_node FROM %s WHERE table_name = ?""".formatted(table(address));
        try (var statement = Session.prepare(connection, sql, address.table());
                var row = statement.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            var same = row.getLong(5) == there.oid() && row.getLong(6) == there.fileNode();
            return Optional.of(new ExportMark(
                    row.getString(1), same ? row.getString(2) : "", row.getString(3), same ? row.getLong(4) : 0));
        }
    }

    /** Sets it. */
    static void set(Connection connection, PostgresAddress address, ExistingTable there, ExportMark mark)
            throws SQLException {
        var sql = """
                INSERT INTO %s (table_name, table_oid, file_node, source, version, table_hash, row_count)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (table_name) DO UPDATE SET table_oid = excluded.table_oid, file_node = excluded.file_node,
                  source = excluded.source, version = excluded.version, table_hash = excluded.table_hash,
                  row_count = excluded.row_count, exported_at = now()""".formatted(table(address));
        try (var statement = Session.prepare(
                connection,
                sql,
                address.table(),
                there.oid(),
                there.fileNode(),
                mark.source(),
                mark.version(),
                mark.table(),
                mark.rows())) {
            statement.executeUpdate();
        }
    }
}
