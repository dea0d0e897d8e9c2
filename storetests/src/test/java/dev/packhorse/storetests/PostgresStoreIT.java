package dev.packhorse.storetests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreContract;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.postgres.PostgresKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Arrays of PostgreSQL's own on a server of Debian's package, which has no pgvector; and what only a real server does. */
class PostgresStoreIT extends StoreContract {

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
    protected StoreKind kind() {
        return new PostgresKind();
    }

    @Override
    protected String address(String name) {
        return "postgresql://127.0.0.1:%d/%s/%s".formatted(server.port(), PostgresServer.DATABASE, name);
    }

    @Override
    protected Map<String, List<String>> options() {
        return Map.of("vector-type", List.of("real"));
    }

    @Override
    protected Secrets secrets() {
        return new Secrets(Map.of("user", PostgresServer.USER, "password", PostgresServer.PASSWORD));
    }

    /** Arrays are searched without one. */
    @Override
    protected List<IndexKind> indexes() {
        return List.of(IndexKind.NONE);
    }

    @Override
    protected List<TestRow> read(Store store, String address) throws Exception {
        try (var connection = server.connect()) {
            return PostgresRows.read(connection, address.substring(address.lastIndexOf('/') + 1));
        }
    }

    private void send(StoreWriter writer, List<TestRow> rows) {
        try (var batch = TestRow.batch(TestRow.TABLE, rows, allocator)) {
            writer.write(batch);
        }
    }

    @Test
    void writersOfTheSameRowsInOppositeOrdersDoNotWaitForEachOther() throws Exception {
        var address = address(name());
        open(address).prepare(TestRow.TABLE);
        var ids = TestRow.random("a", 300, random).stream().map(TestRow::id).toList();
        var barrier = new CyclicBarrier(2);
        var tasks = new ArrayList<Callable<Void>>();
        for (var task = 0; task < 2; task++) {
            var number = task;
            var order = new ArrayList<>(ids);
            if (task == 1) {
                Collections.reverse(order);
            }
            var rows = order.stream()
                    .map(id -> TestRow.random(id, "hash of task " + number, random))
                    .toList();
            tasks.add(() -> {
                for (var round = 0; round < 5; round++) {
                    try (var writer = open(address).writer(TestRow.TABLE, new WriteTask("run" + round, number, 0))) {
                        send(writer, rows.subList(0, 150));
                        send(writer, rows.subList(150, 300));
                        writer.delete(List.of("a" + (400 + number), "a" + (401 - number)));
                        barrier.await(5, TimeUnit.MINUTES);
                        assertThat(writer.commit().written()).isEqualTo(300);
                    }
                }
                return null;
            });
        }

        inParallel(tasks);

        var found = read(open(address), address);
        assertThat(found.stream().map(TestRow::id)).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(found.stream().map(TestRow::contentHash).distinct()).hasSize(1); // the last commit's
    }

    private static void inParallel(List<Callable<Void>> tasks) throws Exception {
        var pool = Executors.newFixedThreadPool(tasks.size());
        try {
            for (var done : pool.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Two transactions that take what the other has: PostgreSQL ends one of them, which does its part again. */
    @Test
    void aTaskThatWasChosenToGiveInMergesAgain() throws Exception {
        var name = name();
        var store = open(address(name));
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 2, random), List.of());
        var again = List.of(TestRow.random("a0", "new", random), TestRow.random("a1", "new", random));
        try (var other = server.connect();
                var statement = other.createStatement();
                var writer = store.writer(TestRow.TABLE, new WriteTask("run2", 0, 0))) {
            other.setAutoCommit(false);
            statement.execute("SET LOCAL deadlock_timeout = '10min'"); // so that it is the task that gives in
            statement.execute("UPDATE %s SET title = 'x' WHERE id = 'a1'".formatted(name));
            send(writer, again);
            inParallel(List.of(
                    () -> {
                        writer.commit();
                        return null;
                    },
                    () -> {
                        awaitLockWait();
                        statement.execute("UPDATE %s SET title = 'x' WHERE id = 'a0'".formatted(name));
                        other.commit();
                        return null;
                    }));
        }

        assertSame(read(store, address(name)), again);
    }

    private static void awaitLockWait() throws Exception {
        for (var i = 0; i < 3000; i++) {
            if (!server.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                    .equals("0")) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("nobody waits for a lock");
    }

    @Test
    void runsThatBeginAtOnceMakeOneTable() throws Exception {
        var address = "postgresql://127.0.0.1:%d/%s/%s.t".formatted(server.port(), PostgresServer.DATABASE, name());
        var prepare = (Callable<Void>) () -> {
            assertThat(open(address).prepare(TestRow.TABLE)).isEqualTo(new Contents(true, Optional.empty()));
            return null;
        };

        inParallel(Collections.nCopies(4, prepare));
    }

    @Test
    void rowsThatPostgresqlWouldRefuseAreLeftOutAndToldOf() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        var good = TestRow.random("good", 5, random);
        var nul = TestRow.random("nul\0", "h", random);
        var json = TestRow.random("json", "h", random);
        var escaped = new TestRow(
                "escaped", json.vector(), "h", json.carried(), "{\"a\":\"\\\\u0000 is fine, \\u00e9 too\"}");
        var rows = new ArrayList<>(good);
        rows.add(nul);
        rows.add(new TestRow("json", json.vector(), "h", json.carried(), "{\"a\":\"\\u0000\"}"));
        rows.add(escaped);

        var receipt = write(store, "run1", rows, List.of()).get(0);

        assertThat(receipt.written()).isEqualTo(6);
        assertThat(receipt.refusedRows()).isEqualTo(2);
        assertThat(receipt.refused().stream().map(refused -> refused.id())).containsExactly("nul\0", "json");
        assertThat(receipt.refused().get(1).reason())
                .isEqualTo(
                        "expected a text without NUL characters (\\u0000), which PostgreSQL does not store, found one in metadata");
        assertThat(read(store, address).stream().map(TestRow::id))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(good.stream(), Stream.of(escaped))
                        .map(TestRow::id)
                        .toList());
    }

    @Test
    void anIdThatComesTwiceInATaskIsThereOnceAsItCameLast() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        var last = TestRow.random("a", "third", random);
        var back = TestRow.random("deleted", "back", random);
        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0))) {
            send(writer, List.of(TestRow.random("a", "first", random), TestRow.random("a", "second", random)));
            send(writer, List.of(last, TestRow.random("gone", "h", random)));
            writer.delete(List.of("gone", "deleted", "no id\0"));
            send(writer, List.of(back));
            writer.commit();
        }

        assertSame(read(store, address), List.of(last, back));
    }

    @Test
    void aRowIsLeftAsItIsWhereNothingOfItDiffers() throws Exception {
        var name = name();
        var store = open(address(name));
        var rows = TestRow.random("a", 10, random);
        store.prepare(TestRow.TABLE);
        write(store, "run1", rows, List.of());
        var version = "SELECT string_agg(xmin::text, ' ' ORDER BY id) FROM " + name;
        var before = server.ask(version);

        write(store, "run2", rows, List.of());

        assertThat(server.ask(version)).isEqualTo(before);
    }

    @Test
    void aMarkHasNoVersionOnceTheTableHasAnotherFile() throws Exception {
        var name = name();
        var store = open(address(name));
        var mark = new ExportMark("lake", "1", "table", 3);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 3, random), List.of());
        store.mark(TestRow.TABLE, mark);
        assertThat(store.prepare(TestRow.TABLE)).isEqualTo(new Contents(false, Optional.of(mark)));

        var compareAll = new Contents(false, Optional.of(new ExportMark("lake", "", "table", 0)));
        server.execute("VACUUM FULL " + name);
        assertThat(store.prepare(TestRow.TABLE)).isEqualTo(compareAll);
        store.mark(TestRow.TABLE, mark);
        assertThat(store.prepare(TestRow.TABLE)).isEqualTo(new Contents(false, Optional.of(mark)));

        server.execute("TRUNCATE " + name);
        assertThat(store.prepare(TestRow.TABLE)).isEqualTo(new Contents(true, Optional.empty()));
        write(store, "run2", TestRow.random("a", 3, random), List.of());
        assertThat(store.prepare(TestRow.TABLE)).isEqualTo(compareAll);
    }

    @Test
    void aTableThatDoesNotFitIsRefusedWithAllReasons() throws Exception {
        var name = name();
        server.execute("""
                CREATE TABLE %s (id text, vector real[], content_hash varchar(9), model_id text, model_version text,
                  embedded_at timestamptz, title text, year integer, fresh boolean, metadata jsonb, mine text NOT NULL)""".formatted(name));

        assertThatThrownBy(() -> open(address(name)).prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "postgresql://127.0.0.1:%d/vectors/public.%s: the table that is there does not fit: expected column content_hash of type text, found character varying(9); expected column year of type bigint, found integer; expected a column price of type double precision, found none; expected no other column that must have a value, found mine; expected a primary key, or a unique index, over id alone, found none; name another table, or change this one",
                        server.port(), name);
    }

    @Test
    void namesAreTakenAsTheyAreWritten() throws Exception {
        var address = "postgresql://127.0.0.1:%d/%s/My%%20Schema.T%%22able%%2Eé"
                .formatted(server.port(), PostgresServer.DATABASE);
        var store = open(address);
        var rows = TestRow.random("a", 3, random);

        assertThat(store.prepare(TestRow.TABLE).isNew()).isTrue();
        write(store, "run1", rows, List.of());
        store.mark(TestRow.TABLE, new ExportMark("lake", "1", "table", 3));

        try (var connection = server.connect()) {
            assertSame(PostgresRows.read(connection, "\"My Schema\".\"T\"\"able.é\""), rows);
        }
        assertThat(store.prepare(TestRow.TABLE).mark()).isPresent();
    }
}
