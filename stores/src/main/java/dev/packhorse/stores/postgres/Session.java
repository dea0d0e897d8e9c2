package dev.packhorse.stores.postgres;

import dev.packhorse.stores.contract.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/** A connection, and one transaction at a time. What the driver throws becomes a StoreException here. Not thread-safe. */
final class Session implements AutoCloseable {

    /** What a connection is used for. */
    interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private final Server server;
    private final Connection connection;
    private final Duration timeout;

    Session(Server server, Connection connection, Duration timeout) {
        this.server = server;
        this.connection = connection;
        this.timeout = timeout;
    }

    /**
     * Begins a transaction. Its settings are set for it alone: behind a pooler the next one may have another server process.
     * Read committed, whatever the server's default is: at other levels a row that another task has changed ends the transaction.
     */
    void begin() {
        run("begin a transaction", c -> {
            execute(
                    c,
                    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = %1$d; "
                                    .formatted(Server.millis(timeout))
                            + "SET LOCAL idle_in_transaction_session_timeout = %d".formatted(Server.millis(timeout)));
            return null;
        });
    }

    /** Ends it. */
    void commit() {
        run("commit", c -> {
            c.commit();
            return null;
        });
    }

    /**
     * Does something.
     *
     * @param task as in "expected PostgreSQL to ..."
     * @throws StoreException in place of what the driver throws
     */
    <T> T run(String task, Work<T> work) {
        try {
            return work.with(connection);
        } catch (SQLException e) {
            throw server.failure(task, e);
        }
    }

    /** The same for one statement that sends much: no longer is waited until the server has read it than until it answers. */
    <T> T send(String task, Work<T> work) {
        var watch = Watchdog.watch(connection, server.patience(timeout));
        try {
            return work.with(connection);
        } catch (SQLException e) {
            throw server.failure(task, watch.hasBarked() ? watch.explain(e) : e);
        } finally {
            watch.end();
        }
    }

    /** Waits for its turn among all who do what has that name, until the transaction ends. */
    static void lock(Connection connection, String name) throws SQLException {
        try (var statement =
                prepare(connection, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", "packhorse " + name)) {
            statement.execute();
        }
    }

    /** Statements without parameters. */
    static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A statement with its parameters, to be closed. */
    static PreparedStatement prepare(Connection connection, String sql, Object... parameters) throws SQLException {
        var statement = connection.prepareStatement(sql);
        try {
            for (var i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    /** Takes back what was not committed, and ends. */
    @Override
    public void close() {
        try {
            if (!connection.isClosed()) {
                connection.rollback(); // waits for the server, so that no lock outlives this
            }
        } catch (SQLException e) {
            // of a connection that is gone: the server takes back what it had
        } finally {
            end();
        }
    }

    private void end() {
        try {
            connection.close();
        } catch (SQLException e) {
            // as above
        }
    }
}
