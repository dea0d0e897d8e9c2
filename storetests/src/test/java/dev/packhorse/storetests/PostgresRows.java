package dev.packhorse.storetests;

import dev.packhorse.stores.contract.TestRow;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Rows of {@link TestRow#TABLE} as users of a table read them: by a query. */
final class PostgresRows {

    private static final Pattern COMMA = Pattern.compile(",");

    private PostgresRows() {}

    static List<TestRow> read(Connection connection, String table) throws SQLException {
        var sql = """
                SELECT id, vector::text, content_hash, title, year, price, fresh, metadata::text, model_id,
                  model_version, (extract(epoch FROM embedded_at) * 1000000)::bigint FROM %s""".formatted(table);
        var rows = new ArrayList<TestRow>();
        try (var statement = connection.createStatement();
                var found = statement.executeQuery(sql)) {
            while (found.next()) {
                rows.add(row(found));
            }
        }
        return rows;
    }

    private static TestRow row(ResultSet found) throws SQLException {
        if (!found.getString(9).equals("tiny-bert")
                || !found.getString(10).equals("fingerprint-1")
                || found.getLong(11) != TestRow.EMBEDDED_AT) {
            throw new AssertionError("%s: another model or time: %s, %s, %d"
                    .formatted(found.getString(1), found.getString(9), found.getString(10), found.getLong(11)));
        }
        return new TestRow(
                found.getString(1),
                vector(found.getString(2)),
                found.getString(3),
                List.of(
                        Optional.ofNullable(found.getObject(4)),
                        Optional.ofNullable(found.getObject(5)),
                        Optional.ofNullable(found.getObject(6)),
                        Optional.ofNullable(found.getObject(7))),
                found.getString(8));
    }

    /** From {@code [1,2]} or {@code {1,2}}. */
    private static float[] vector(String text) {
        var numbers = COMMA.splitAsStream(text.substring(1, text.length() - 1))
                .map(Float::valueOf)
                .toList();
        var vector = new float[numbers.size()];
        for (var i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i);
        }
        return vector;
    }
}
