package dev.packhorse.stores.postgres;

import static java.util.stream.Collectors.joining;

import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.StoredRows;
import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A table. Each task's rows are there at once, with its commit. */
final class PostgresStore implements Store {

    private static final long serialVersionUID = 1;

    private final Server server;
    private final VectorType vectorType;
    private final HnswSettings graph;

    PostgresStore(Server server, VectorType vectorType, HnswSettings graph) {
        this.server = server;
        this.vectorType = vectorType;
        this.graph = graph;
    }

    @Override
    public Contents prepare(VectorTable table) {
        checkLength(table);
        return transaction(server.statementTimeout(), "make or look at the table", connection -> {
            checkEncoding(connection);
            var address = server.address();
            if (ExistingTable.find(connection, address).isEmpty()) {
                make(connection, table);
            }
            Marks.make(connection, address); // now, for the user may lack the right to
            var there = existing(connection);
            there.check(server, connection, table, vectorType, graph.wanted());
            return isEmpty(connection)
                    ? new Contents(true, Optional.empty())
                    : new Contents(false, Marks.find(connection, address, there));
        });
    }

    private void checkLength(VectorTable table) {
        var longest = graph.wanted() ? vectorType.longestIndexed() : VectorType.LONGEST;
        if (vectorType.ofExtension() && table.dimension() > longest) {
            throw new StoreException(
                    "%s: expected vectors of at most %d numbers for a column of type %s%s, found %d; %s"
                            .formatted(
                                    server,
                                    longest,
                                    vectorType.id(),
                                    graph.wanted() ? " with an HNSW index" : "",
                                    table.dimension(),
                                    "give --vector-type halfvec, which takes 4000 with one, or --index none"));
        }
    }

    /** In others not every text can be stored, and not every one that is stored comes back. */
    private void checkEncoding(Connection connection) throws SQLException {
        try (var statement = Session.prepare(connection, "SHOW server_encoding");
                var row = statement.executeQuery()) {
            var encoding = row.next() ? row.getString(1) : "";
            if (!encoding.equals("UTF8")) {
                throw new StoreException("%s: expected a database in UTF8, found %s; create one with ENCODING 'UTF8'"
                        .formatted(server, encoding));
            }
        }
    }

    private void make(Connection connection, VectorTable table) throws SQLException {
        var address = server.address();
        Session.lock(connection, address.quoted()); // two runs that begin at once would both find nothing
        Extension.require(server, connection, vectorType);
        var extension = Extension.schema(connection, vectorType);
        if (!hasSchema(connection)) {
            Session.execute(connection, "CREATE SCHEMA IF NOT EXISTS " + PostgresAddress.quote(address.schema()));
        }
        Session.execute(
                connection,
                "CREATE TABLE IF NOT EXISTS %s (%s)"
                        .formatted(
                                address.quoted(),
                                Column.of(table, vectorType).stream()
                                        .map(column -> definition(column, table, extension))
                                        .collect(joining(", "))));
        // numbers of vectors hardly get smaller, and trying takes time; pgvector says so of its own types
        if (!vectorType.ofExtension()) {
            Session.execute(
                    connection,
                    "ALTER TABLE %s ALTER COLUMN \"vector\" SET STORAGE EXTERNAL".formatted(address.quoted()));
        }
    }

    /** Ids in the order of their bytes: it is the fastest, and does not change with the system's library. */
    private String definition(Column column, VectorTable table, String extension) {
        var type = column.isVector() ? vectorType.sql(extension, table.dimension()) : column.shown();
        var more = column.name().equals(VectorTable.ID) ? " COLLATE \"C\" PRIMARY KEY" : "";
        return column.quoted() + " " + type + more + (column.required() ? " NOT NULL" : "");
    }

    private boolean hasSchema(Connection connection) throws SQLException {
        try (var statement = Session.prepare(
                        connection,
                        "SELECT 1 FROM pg_namespace WHERE nspname = ?",
                        server.address().schema());
                var row = statement.executeQuery()) {
            return row.next();
        }
    }

    private boolean isEmpty(Connection connection) throws SQLException {
        try (var statement = Session.prepare(
                        connection,
                        "SELECT 1 FROM %s LIMIT 1".formatted(server.address().quoted()));
                var row = statement.executeQuery()) {
            return !row.next();
        }
    }

    private ExistingTable existing(Connection connection) throws SQLException {
        return ExistingTable.find(connection, server.address())
                .orElseThrow(() -> new StoreException(
                        "%s: expected the table, found none; somebody has dropped it meanwhile".formatted(server)));
    }

    private <T> T transaction(Duration timeout, String task, Session.Work<T> work) {
        try (var session = server.open(timeout)) {
            session.begin();
            var result = session.run(task, work);
            session.commit();
            return result;
        }
    }

    @Override
    public StoreWriter writer(VectorTable table, WriteTask task) {
        return new PostgresWriter(server, table, vectorType);
    }

    @Override
    public StoredRows stored(VectorTable table, int share, int shares) {
        return PostgresStoredRows.open(server, share, shares);
    }

    @Override
    public void publish(VectorTable table, String run, List<Receipt> receipts) {
        // each task's commit has shown its rows
    }

    @Override
    public void discard(VectorTable table, String run) {
        // what was not committed the server has taken back
    }

    @Override
    public void mark(VectorTable table, ExportMark mark) {
        transaction(server.statementTimeout(), "keep what the table is in step with", connection -> {
            Marks.make(connection, server.address());
            Marks.set(connection, server.address(), existing(connection), mark);
            return true;
        });
    }

    @Override
    public void index(VectorTable table) {
        if (graph.wanted()) {
            transaction(server.indexTimeout(), "build an HNSW index", connection -> {
                new HnswIndex(server.address(), vectorType, table.metric(), graph).build(connection);
                return true;
            });
        }
    }

    @Override
    public Optional<VectorSearch> search(VectorTable table) {
        return Optional.of(PostgresSearch.open(server, vectorType, table.metric(), graph.efSearch()));
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
