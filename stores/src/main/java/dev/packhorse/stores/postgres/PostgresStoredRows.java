package dev.packhorse.stores.postgres;

import dev.packhorse.stores.contract.StoredRows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.NoSuchElementException;

/** Rows of a cursor, which hands over some thousand at a time. Not thread-safe. */
final class PostgresStoredRows implements StoredRows {

    private static final String TASK = "list what is stored";
    private static final int PAGE = 10_000; // rows

    /** The cursor's place. */
    private enum Place {
        BEFORE_ROW,
        AT_ROW,
        AT_END
    }

    private final Session session;
    private final PreparedStatement statement;
    private final ResultSet rows;
    private Place place = Place.BEFORE_ROW;

    private PostgresStoredRows(Session session, PreparedStatement statement, ResultSet rows) {
        this.session = session;
        this.statement = statement;
        this.rows = rows;
    }

    static StoredRows open(Server server, int share, int shares) {
        var sql = """
                SELECT "id", "content_hash" FROM %s
                WHERE (hashtextextended("id", 0) & 9223372036854775807) %% ? = ?""".formatted(server.address().quoted());
        var session = server.open();
        try {
            session.begin();
            return session.run(TASK, connection -> {
                var statement = Session.prepare(connection, sql, (long) shares, (long) share);
                try {
                    statement.setFetchSize(PAGE);
                    return new PostgresStoredRows(session, statement, statement.executeQuery());
                } catch (SQLException e) {
                    statement.close();
                    throw e;
                }
            });
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    @Override
    public boolean hasNext() {
        if (place == Place.BEFORE_ROW) {
            place = session.run(TASK, connection -> rows.next()) ? Place.AT_ROW : Place.AT_END;
        }
        return place == Place.AT_ROW;
    }

    @Override
    public Stored next() {
        if (!hasNext()) {
            throw new NoSuchElementException("all rows were read");
        }
        place = Place.BEFORE_ROW;
        return session.run(TASK, connection -> new Stored(rows.getString(1), text(rows.getString(2))));
    }

    /** A table of somebody else's may have rows without a hash: they are in step with nothing. */
    private static String text(String orNull) {
        return orNull == null ? "" : orNull;
    }

    @Override
    public void close() {
        place = Place.AT_END;
        try {
            statement.close();
        } catch (SQLException e) {
            // of a connection that is gone
        }
        session.close();
    }
}
