package dev.packhorse.storetests;

import dev.packhorse.stores.contract.TestRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Into PostgreSQL, read by SQL. */
class KilledPostgresExportIT extends KilledExport {

    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    String address(String name) {
        return "postgresql://127.0.0.1:%d/%s/%s".formatted(server.port(), PostgresServer.DATABASE, name);
    }

    @Override
    Map<String, String> more() throws Exception {
        var file =
                secretsFile("postgresql.user=" + PostgresServer.USER, "postgresql.password=" + PostgresServer.PASSWORD);
        return Map.of("vector-type", "real", "secrets-file", file);
    }

    @Override
    List<TestRow> read(String address) throws Exception {
        var found = new ArrayList<TestRow>();
        try (var connection = server.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT id, content_hash, vector FROM " + address.substring(address.lastIndexOf('/') + 1))) {
            while (rows.next()) {
                var boxed = (Float[]) rows.getArray(3).getArray();
                var vector = new float[boxed.length]; // [d]
                for (var i = 0; i < vector.length; i++) {
                    vector[i] = boxed[i];
                }
                found.add(new TestRow(rows.getString(1), vector, rows.getString(2), List.of(), "{}"));
            }
        }
        return found;
    }

    /** Temporary tables end with their connection. */
    @Override
    List<String> leftOver(String address) throws Exception {
        try (var connection = server.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")) {
            var names = new ArrayList<String>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        }
    }
}
