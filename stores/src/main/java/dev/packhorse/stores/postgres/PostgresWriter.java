package dev.packhorse.stores.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.VectorTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * One transaction: batches go into a temporary table as they come, and all of them into the table at the commit. So no row is
 * locked for longer than merging takes, and nothing is there of a task that has not committed. The connection is opened with the
 * first row, for a task may have none.
 */
final class PostgresWriter implements StoreWriter {

    /** What encodes rows into a sink, and tells how many. */
    private interface Rows {
        int into(CopyWriter.Sink sink) throws SQLException;
    }

    private static final String DEADLOCK = "40P01";
    private static final int TRIES = 5;

    private final Server server;
    private final MergeSql sql;
    private final VectorType vectorType;
    private final RowEncoder encoder;
    private final List<Receipt.Refused> refused = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>(); // at most one
    private long refusedRows;
    private long place;
    private long written;
    private long deleted;

    PostgresWriter(Server server, VectorTable table, VectorType vectorType) {
        this.server = server;
        this.sql = new MergeSql(server.address(), Column.of(table, vectorType));
        this.vectorType = vectorType;
        this.encoder = new RowEncoder(table, vectorType);
    }

    @Override
    public void write(VectorSchemaRoot batch) {
        var rows = batch.getRowCount();
        written += copy("take rows", sql.copyRows(), sink -> encoder.encode(batch, place, sink, this::refuse));
        place += rows;
    }

    @Override
    public void delete(List<String> ids) {
        var bytes = ids.stream().map(id -> id.getBytes(UTF_8)).toList();
        copy("take ids to delete", sql.copyDeleted(), sink -> encoder.encodeDeleted(bytes, place, sink));
        place += ids.size();
        deleted += ids.size();
    }

    private void refuse(String id, String reason) {
        refusedRows++;
        if (refused.size() < Receipt.MOST_REFUSED) {
            refused.add(new Receipt.Refused(id, reason));
        }
    }

    private int copy(String task, String statement, Rows rows) {
        return session().send(task, connection -> {
            var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement);
            try {
                var sent = rows.into((bytes, length) -> copy.writeToCopy(bytes, 0, length));
                var taken = copy.endCopy();
                if (taken != sent) {
                    throw new StoreException("%s: expected PostgreSQL to take %d rows of a batch, found that it took %d"
                            .formatted(server, sent, taken));
                }
                return sent;
            } finally {
                cancel(copy);
            }
        });
    }

    /** Where it has not ended well; then what is thrown already is what counts. */
    private static void cancel(CopyIn copy) {
        if (copy.isActive()) {
            try {
                copy.cancelCopy();
            } catch (SQLException e) {
                // the server says that it was cancelled, or is gone
            }
        }
    }

    private Session session() {
        if (sessions.isEmpty()) {
            var session = server.open();
            sessions.add(session);
            session.begin();
            session.run("make a temporary table", connection -> {
                Session.execute(connection, sql.makeStage());
                if (!vectorType.ofExtension()) {
                    Session.execute(connection, sql.keepPlain());
                }
                return true;
            });
        }
        return sessions.get(0);
    }

    @Override
    public Receipt commit() {
        for (var session : sessions) {
            session.run("merge the rows of a task", this::merge);
            session.commit();
        }
        return new Receipt(written, deleted, refused, refusedRows, List.of());
    }

    /** Again where somebody's transaction was in the way and the server chose this one to give in. */
    private boolean merge(Connection connection) throws SQLException {
        for (var attempt = 1; ; attempt++) {
            var before = connection.setSavepoint();
            try {
                if (deleted > 0) {
                    Session.execute(connection, sql.delete());
                }
                Session.execute(connection, sql.upsert());
                return true;
            } catch (SQLException e) {
                if (attempt == TRIES || !DEADLOCK.equals(e.getSQLState())) {
                    throw e;
                }
                connection.rollback(before);
            }
        }
    }

    @Override
    public void close() {
        sessions.forEach(Session::close);
        sessions.clear();
    }
}
