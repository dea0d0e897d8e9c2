package dev.packhorse.storetests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.postgres.PostgresKind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that fails, and connections that do. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PostgresFaultsIT {

    private static final Secrets SECRETS =
            new Secrets(Map.of("user", PostgresServer.USER, "password", PostgresServer.PASSWORD));

    private static PostgresServer server;

    private final RootAllocator allocator = new RootAllocator();
    private final RandomGenerator random = Seeds.random();

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

    @AfterEach
    void nothingIsLeftOfArrowsMemory() {
        assertThat(allocator.getAllocatedMemory()).isZero();
        allocator.close();
    }

    private static String name() {
        return "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    }

    private static String address(String table) {
        return address(server.port(), table);
    }

    private static String address(int port, String table) {
        return "postgresql://127.0.0.1:%d/%s/%s".formatted(port, PostgresServer.DATABASE, table);
    }

    private static Store open(String address, String... options) {
        return open(address, SECRETS, options);
    }

    private static Store open(String address, Secrets secrets, String... options) {
        var given = new LinkedHashMap<>(Map.of("vector-type", List.of("real")));
        for (var i = 0; i < options.length; i += 2) {
            given.put(options[i], List.of(options[i + 1]));
        }
        var kind = new PostgresKind();
        return kind.open(Requests.of(kind, address, secrets, given));
    }

    private void send(StoreWriter writer, List<TestRow> rows) {
        try (var batch = TestRow.batch(TestRow.TABLE, rows, allocator)) {
            writer.write(batch);
        }
    }

    private static String rowsIn(String table) throws SQLException {
        return server.ask("SELECT count(*) FROM " + table);
    }

    /** Of either the rows before or those after there are all, wherever the connection breaks: at the commit too. */
    @Test
    void aTaskThatIsCutOffAnywhereAndDoneAgainEndsRight() throws Exception {
        var old = TestRow.random("a", 100, random);
        var changed = new ArrayList<TestRow>();
        for (var i = 50; i < 150; i++) {
            changed.add(TestRow.random("a" + i, "new", random));
        }
        var before = hashes(old);
        var after = hashes(old);
        after.putAll(hashes(changed));
        after.keySet().removeAll(List.of("a1", "a2"));
        var all = 0L; // bytes of a task that is not cut off
        var cutOff = 0;
        for (var round = 0; round < 20; round++) {
            var name = name();
            open(address(name)).prepare(TestRow.TABLE);
            run(address(name), old, List.of());
            // anywhere, and near the end, where it merges and commits
            var most = round == 0 ? Long.MAX_VALUE : round % 2 == 0 ? random.nextLong(all) : all - random.nextInt(2000);
            try (var proxy = BreakingProxy.start(server.port(), most, BreakingProxy.Fault.BREAK)) {
                run(address(proxy.port(), name) + "?sslmode=disable", changed, List.of("a1", "a2"));
                all = Math.max(all, proxy.handedOn());
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("see whether a PostgreSQL server is up there");
                cutOff++;
            }
            assertThat(stored(name)).isIn(before, after);

            run(address(name), changed, List.of("a1", "a2"));
            assertThat(stored(name)).isEqualTo(after);
        }
        assertThat(cutOff).isPositive();
    }

    private void run(String address, List<TestRow> rows, List<String> deleted) {
        try (var writer = open(address).writer(TestRow.TABLE, new WriteTask("run1", 0, 0))) {
            send(writer, rows);
            writer.delete(deleted);
            writer.commit();
        }
    }

    private static Map<String, String> hashes(List<TestRow> rows) {
        var hashes = new TreeMap<String, String>();
        rows.forEach(row -> hashes.put(row.id(), row.contentHash()));
        return hashes;
    }

    private static Map<String, String> stored(String name) {
        var hashes = new TreeMap<String, String>();
        try (var stored = open(address(name)).stored(TestRow.TABLE, 0, 1)) {
            stored.forEachRemaining(
                    row -> assertThat(hashes.put(row.id(), row.contentHash())).isNull());
        }
        return hashes;
    }

    @Test
    void aSessionThatIsEndedAmidATaskLeavesNothing() throws Exception {
        var name = name();
        var store = open(address(name));
        store.prepare(TestRow.TABLE);
        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0))) {
            send(writer, TestRow.random("a", 100, random));
            server.ask(
                    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'packhorse'");

            assertThatThrownBy(() -> send(writer, TestRow.random("b", 100, random)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageStartingWith(store + ": expected PostgreSQL to take rows, found: ")
                    .hasMessageMatching(".*\\((57P01|08006)\\); .+"); // as far as the server's last words were read
        }

        assertThat(rowsIn(name)).isEqualTo("0");
    }

    @Test
    void aConnectionThatBreaksAmidACopyLeavesNothing() throws Exception {
        var name = name();
        open(address(name)).prepare(TestRow.TABLE);
        try (var proxy = BreakingProxy.start(server.port(), 300_000, BreakingProxy.Fault.BREAK)) {
            var address = "postgresql://127.0.0.1:%d/%s/%s".formatted(proxy.port(), PostgresServer.DATABASE, name);
            var store = open(address + "?sslmode=disable");
            try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0))) {
                assertThatThrownBy(() -> {
                            for (var i = 0; i < 100; i++) {
                                send(writer, TestRow.random("a" + i + "x", 100, random));
                            }
                        })
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("expected PostgreSQL to take rows, found: ")
                        .hasMessageContaining("(08")
                        .hasMessageContaining("see whether a PostgreSQL server is up there and can be reached");
            }
        }

        assertThat(rowsIn(name)).isEqualTo("0");
    }

    /** With more rows in a batch than sockets hold on their way: the task waits to write, and not to read. */
    @Test
    void aServerThatStandsStillAmidACopyEndsInAMessage() throws Exception {
        var name = name();
        open(address(name)).prepare(TestRow.TABLE);
        var row = TestRow.random("a", "h", random);
        var title = List.<Optional<Object>>of(
                Optional.of("x".repeat(20_000)), Optional.empty(), Optional.empty(), Optional.empty());
        var rows = Collections.nCopies(2000, new TestRow("a", row.vector(), "h", title, "{}"));
        try (var proxy = BreakingProxy.start(server.port(), 300_000, BreakingProxy.Fault.STALL)) {
            var address = "postgresql://127.0.0.1:%d/%s/%s".formatted(proxy.port(), PostgresServer.DATABASE, name);
            var store = open(address + "?sslmode=disable", "statement-timeout", "2s");
            try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0))) {
                assertThatThrownBy(() -> send(writer, rows))
                        .isInstanceOf(StoreException.class)
                        .hasMessageStartingWith(
                                store + ": expected PostgreSQL to take rows, found: no answer within 4 s")
                        .hasMessageContaining("it did not answer in time");
            }
        }

        assertThat(rowsIn(name)).isEqualTo("0");
    }

    @Test
    void aStatementThatTakesTooLongEndsInAMessage() throws Exception {
        var name = name();
        open(address(name)).prepare(TestRow.TABLE);
        try (var other = server.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            var store = open(address(name), "statement-timeout", "1s");
            try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0))) {
                send(writer, TestRow.random("a", 10, random));
                statement.execute("LOCK TABLE %s IN EXCLUSIVE MODE".formatted(name));

                assertThatThrownBy(writer::commit)
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("expected PostgreSQL to merge the rows of a task, found: ")
                        .hasMessageContaining("canceling statement due to statement timeout")
                        .hasMessageContaining("give --statement-timeout");
            }
        }

        assertThat(rowsIn(name)).isEqualTo("0");
    }

    /** Of temporary files, for a full disk takes a file system of its own; the server says both in the same way. */
    @Test
    void aServerWithoutRoomEndsInAMessage() throws Exception {
        var name = name();
        open(address(name)).prepare(TestRow.TABLE);
        var settings = "?options=-c%20temp_file_limit%3D8%20-c%20work_mem%3D64";
        var store = open(address(name) + settings);
        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0))) {
            send(writer, TestRow.random("a", 1000, random));

            assertThatThrownBy(writer::commit)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("temporary file size exceeds temp_file_limit")
                    .hasMessageEndingWith("; give the server more of what it lacks and run again");
        }

        assertThat(rowsIn(name)).isEqualTo("0");
    }

    @Test
    void aServerWithoutConnectionsLeftEndsInAMessage() throws Exception {
        var name = name();
        open(address(name)).prepare(TestRow.TABLE);
        server.execute("CREATE ROLE narrow LOGIN PASSWORD 'p' CONNECTION LIMIT 0");
        var store = open(address(name), new Secrets(Map.of("user", "narrow", "password", "p")));

        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("too many connections for role \"***\" (53300)")
                .hasMessageEndingWith("; let fewer tasks write at a time, or raise the server's max_connections");
    }

    @Test
    void aWrongPasswordIsNotRepeated() {
        var store = open(address(name()), new Secrets(Map.of("user", "nobody", "password", "a wrong one")));

        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "%s: expected PostgreSQL to open a session, found: FATAL: password authentication failed for user \"***\" (28P01); see the secrets user and password (PACKHORSE_POSTGRESQL_USER, PACKHORSE_POSTGRESQL_PASSWORD)",
                        store)
                .satisfies(
                        e -> assertThat(Failed.text(e)).doesNotContain("nobody").doesNotContain("a wrong one"));
    }

    @Test
    void aDatabaseThatIsNotThereIsNamed() {
        var store = open("postgresql://127.0.0.1:%d/nowhere/vectors".formatted(server.port()));

        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("database \"nowhere\" does not exist (3D000); create the database");
    }

    @Test
    void whereThereIsNoPgvectorItSaysSo() {
        var store = open(address(name()), "vector-type", "vector");

        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith(
                        store
                                + ": expected the extension vector (pgvector) in the database, found none, and CREATE EXTENSION vector failed: ERROR: ")
                .hasMessageEndingWith("; have it made by one who may, or give --vector-type real");
    }
}
