package dev.packhorse.stores.postgres;

import dev.packhorse.stores.contract.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The extension pgvector, which may lie in any schema. */
final class Extension {

    private Extension() {}

    /** The schema, quoted, that the extension lies in; of types that need none the server's own. */
    static String schema(Connection connection, VectorType vectorType) throws SQLException {
        return vectorType.ofExtension() ? find(connection).orElse("public") : "pg_catalog";
    }

    private static Optional<String> find(Connection connection) throws SQLException {
        var sql = """
                SELECT quote_ident(n.nspname) FROM pg_extension e
                JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'""";
        try (var statement = Session.prepare(connection, sql);
                var found = statement.executeQuery()) {
            return found.next() ? Optional.of(found.getString(1)) : Optional.empty();
        }
    }

    /**
     * Makes sure that the type is there, which on a new database takes a statement.
     *
     * @throws StoreException when the server does not have it, or the user must not
     */
    static void require(Server server, Connection connection, VectorType vectorType) throws SQLException {
        if (!vectorType.ofExtension()) {
            return;
        }
        if (find(connection).isEmpty()) {
            try {
                Session.execute(connection, "CREATE EXTENSION IF NOT EXISTS vector");
            } catch (SQLException e) {
                throw new StoreException(
                        ("%s: expected the extension vector (pgvector) in the database, found none, and CREATE EXTENSION"
                                        + " vector failed: %s; have it made by one who may, or give --vector-type real")
                                .formatted(server, server.secrets().redact(Failures.oneLine(e))));
            }
        }
        var type = schema(connection, vectorType) + "." + vectorType.id();
        try (var statement = Session.prepare(connection, "SELECT to_regtype(?) IS NULL", type);
                var answer = statement.executeQuery()) {
            if (answer.next() && answer.getBoolean(1)) {
                throw new StoreException(
                        "%s: expected pgvector with the type %s (halfvec: 0.7 and newer), found it without; give --vector-type vector"
                                .formatted(server, vectorType.id()));
            }
        }
    }
}
