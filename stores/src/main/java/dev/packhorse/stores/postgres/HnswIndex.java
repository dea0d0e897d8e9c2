package dev.packhorse.stores.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.Metric;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Set;

/** pgvector's graph over the vectors of a table, by the names and settings of its README, "HNSW". */
final class HnswIndex {

    private static final int LONGEST_NAME = 63; // bytes

    private final PostgresAddress address;
    private final VectorType vectorType;
    private final Metric metric;
    private final HnswSettings settings;

    HnswIndex(PostgresAddress address, VectorType vectorType, Metric metric, HnswSettings settings) {
        this.address = address;
        this.vectorType = vectorType;
        this.metric = metric;
        this.settings = settings;
    }

    /**
     * Builds it; one that was built with other settings stays until the new one is there, and nothing is done where it is there
     * already: the server keeps it in step with the rows.
     */
    void build(Connection connection) throws SQLException {
        var options = options(connection);
        var wanted = Set.of("m=" + settings.m(), "ef_construction=" + settings.efConstruction());
        if (options.containsAll(wanted)) {
            return;
        }
        var name = name("");
        var built = options.isEmpty() ? name : name("_new");
        Session.execute(
                connection,
                "CREATE INDEX %s ON %s USING hnsw (\"vector\" %s.%s) WITH (m = %d, ef_construction = %d)"
                        .formatted(
                                PostgresAddress.quote(built),
                                address.quoted(),
                                Extension.schema(connection, vectorType),
                                operatorClass(),
                                settings.m(),
                                settings.efConstruction()));
        if (!options.isEmpty()) {
            var old = PostgresAddress.quote(address.schema()) + "." + PostgresAddress.quote(name);
            Session.execute(connection, "DROP INDEX " + old);
            Session.execute(
                    connection,
                    "ALTER INDEX %s.%s RENAME TO %s"
                            .formatted(
                                    PostgresAddress.quote(address.schema()),
                                    PostgresAddress.quote(built),
                                    PostgresAddress.quote(name)));
        }
    }

    /** Those that the table's index of this name was built with; empty where it has none. */
    private Set<String> options(Connection connection) throws SQLException {
        var sql = """
                SELECT array_to_string(coalesce(i.reloptions, '{none}'), ',') FROM pg_class i
                JOIN pg_index x ON x.indexrelid = i.oid JOIN pg_class t ON t.oid = x.indrelid
                JOIN pg_namespace n ON n.oid = t.relnamespace
                WHERE n.nspname = ? AND t.relname = ? AND i.relname = ?""";
        try (var statement = Session.prepare(connection, sql, address.schema(), address.table(), name(""));
                var row = statement.executeQuery()) {
            return row.next() ? Set.of(row.getString(1).split(",", -1)) : Set.of();
        }
    }

    /** What is cut gets a hash, for indexes share their names with all tables of a schema. */
    private String name(String end) {
        var ending = "_vector_%s_hnsw%s".formatted(metric.id(), end);
        var table = address.table();
        if (table.getBytes(UTF_8).length + ending.length() > LONGEST_NAME) {
            ending = "_" + hash(table) + ending;
        }
        while (table.getBytes(UTF_8).length + ending.length() > LONGEST_NAME) {
            table = table.substring(0, table.offsetByCodePoints(table.length(), -1));
        }
        return table + ending;
    }

    private static String hash(String name) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a JVM without SHA-256", e);
        }
    }

    private String operatorClass() {
        var distance =
                switch (metric) {
                    case COSINE -> "cosine";
                    case DOT -> "ip";
                    case L2 -> "l2";
                };
        return "%s_%s_ops".formatted(vectorType.id(), distance);
    }
}
