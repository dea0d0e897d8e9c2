package dev.packhorse.stores.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import dev.packhorse.udf.options.OptionValues;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What every store does, whatever it is. A store's test extends this, and says how its rows are read without Packhorse. */
public abstract class StoreContract {

    protected final RootAllocator allocator = new RootAllocator();
    protected final RandomGenerator random = Seeds.random();

    /** The kind. */
    protected abstract StoreKind kind();

    /** An address of that kind that nothing has used yet, with that name in it: lower-case letters and digits. */
    protected abstract String address(String name);

    /** What is needed beside the address. */
    protected Map<String, List<String>> options() {
        return Map.of();
    }

    /** The secrets. */
    protected Secrets secrets() {
        return Secrets.NONE;
    }

    /** All rows that users of the store find, read by whatever they would use; columns carried along as the store has them. */
    protected abstract List<TestRow> read(Store store, String address) throws Exception;

    /** Whether rows sent later replace those of the same id; files of one export do not change those of another. */
    protected boolean keepsRows() {
        return true;
    }

    /** Whether it gives back all that was sent, or columns carried along only. */
    protected boolean readsCarried() {
        return true;
    }

    /** The indexes that are tried, of those that the kind can build. */
    protected List<IndexKind> indexes() {
        return kind().indexes();
    }

    /** What is stored of a vector: less where numbers are rounded. */
    protected float[] kept(float[] vector) {
        return vector;
    }

    @AfterEach
    void nothingIsLeftOfArrowsMemory() {
        assertThat(allocator.getAllocatedMemory()).isZero();
        allocator.close();
    }

    protected final String name() {
        return "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    }

    /** The store at an address, as the job opens it. */
    protected final Store open(String address, String... more) {
        var given = new LinkedHashMap<>(options());
        for (var i = 0; i < more.length; i += 2) {
            given.put(more[i], List.of(more[i + 1]));
        }
        var known = Stream.concat(StoreOptions.ALL.stream(), kind().options().stream())
                .toList();
        return kind().open(new StoreRequest(address, OptionValues.read(known, Map.of(), given), secrets(), Map.of()));
    }

    /** Writes rows in one task, in batches of 100, and publishes them. */
    protected final List<Receipt> write(Store store, String run, List<TestRow> rows, List<String> deleted) {
        var receipts = List.of(writeTask(store, new WriteTask(run, 0, 0), rows, deleted));
        store.publish(TestRow.TABLE, run, receipts);
        return receipts;
    }

    private Receipt writeTask(Store store, WriteTask task, List<TestRow> rows, List<String> deleted) {
        try (var writer = store.writer(TestRow.TABLE, task)) {
            write(writer, rows);
            if (!deleted.isEmpty()) {
                writer.delete(deleted);
            }
            return writer.commit();
        }
    }

    private void write(StoreWriter writer, List<TestRow> rows) {
        for (var from = 0; from < rows.size(); from += 100) {
            try (var batch =
                    TestRow.batch(TestRow.TABLE, rows.subList(from, Math.min(rows.size(), from + 100)), allocator)) {
                writer.write(batch);
            }
        }
    }

    /** The same rows, in any order. */
    protected final void assertSame(List<TestRow> found, List<TestRow> expected) {
        var byId = Comparator.comparing(TestRow::id);
        var sorted = found.stream().sorted(byId).toList();
        var wanted = expected.stream().sorted(byId).toList();
        assertThat(sorted.stream().map(TestRow::id))
                .containsExactlyElementsOf(wanted.stream().map(TestRow::id).toList());
        for (var i = 0; i < wanted.size(); i++) {
            assertThat(sorted.get(i).vector())
                    .as(wanted.get(i).id())
                    .containsExactly(kept(wanted.get(i).vector()));
            assertThat(sorted.get(i).contentHash()).isEqualTo(wanted.get(i).contentHash());
            if (readsCarried()) {
                assertSameCarried(sorted.get(i).carried(), wanted.get(i).carried());
                assertThat(sorted.get(i).metadata().replace(" ", ""))
                        .isEqualTo(wanted.get(i).metadata());
            }
        }
    }

    /** The same values, as near as the store keeps them. */
    protected void assertSameCarried(List<Optional<Object>> found, List<Optional<Object>> expected) {
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void rowsOfAllTasksAreThere() throws Exception {
        var address = address(name());
        var store = open(address);
        var first = TestRow.random("a", 250, random);
        var second = TestRow.random("b", 30, random);

        assertThat(store.prepare(TestRow.TABLE)).isEqualTo(new Contents(true, Optional.empty()));
        var receipts = List.of(
                writeTask(store, new WriteTask("run1", 0, 0), first, List.of()),
                writeTask(store, new WriteTask("run1", 1, 0), second, List.of()),
                writeTask(store, new WriteTask("run1", 2, 0), List.of(), List.of()));
        store.publish(TestRow.TABLE, "run1", receipts);
        store.index(TestRow.TABLE);

        assertThat(receipts.stream().map(Receipt::written)).containsExactly(250L, 30L, 0L);
        assertSame(
                read(store, address),
                Stream.concat(first.stream(), second.stream()).toList());
    }

    @Test
    void idsTextsAndNullsComeThroughAsTheyAre() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = new ArrayList<TestRow>();
        for (var id : List.of(
                "a b",
                "a'b",
                "a\"b",
                "a\\b",
                "a/b?c=d&e#f",
                "a%20b",
                "é漢字🐎",
                "tab\tnewline\nend",
                "_x",
                "{}",
                "x".repeat(400))) {
            rows.add(TestRow.random(id, "hash of " + id.length(), random));
        }
        rows.add(TestRow.random("nulls", "h", random).withNulls());

        store.prepare(TestRow.TABLE);
        write(store, "run1", rows, List.of());

        assertSame(read(store, address), rows);
    }

    @Test
    void aRowThatIsSentAgainReplacesWhatWasThere() throws Exception {
        Assumptions.assumeTrue(keepsRows(), "files of one export do not change those of another");
        var address = address(name());
        var store = open(address);
        var old = TestRow.random("a", 120, random);
        store.prepare(TestRow.TABLE);
        write(store, "run1", old, List.of());
        store.index(TestRow.TABLE);
        var changed = new ArrayList<>(List.of(
                TestRow.random("a3", "another", random),
                TestRow.random("a70", "another", random),
                TestRow.random("new", "x", random)));

        var again = open(address);
        assertThat(again.prepare(TestRow.TABLE).isNew()).isFalse();
        write(again, "run2", changed, List.of("a5", "a6", "never there"));
        again.index(TestRow.TABLE);

        var expected = new ArrayList<>(old.stream()
                .filter(row -> !List.of("a3", "a70", "a5", "a6").contains(row.id()))
                .toList());
        expected.addAll(changed);
        assertSame(read(again, address), expected);
    }

    @Test
    void theSameTaskTwiceLeavesEachRowOnce() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 40, random);
        store.prepare(TestRow.TABLE);
        writeTask(store, new WriteTask("run1", 0, 0), rows, List.of()); // its receipt was lost with its executor
        var receipt = writeTask(store, new WriteTask("run1", 0, 1), rows, List.of());
        store.publish(TestRow.TABLE, "run1", List.of(receipt));

        assertSame(read(store, address), rows);
    }

    @Test
    void whatIsClosedWithoutACommitHarmsNoLaterRun() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 40, random);
        store.prepare(TestRow.TABLE);
        var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0));
        write(writer, rows.subList(0, 20));
        writer.close();
        writer.close();
        store.discard(TestRow.TABLE, "run1");

        var again = open(address);
        again.prepare(TestRow.TABLE);
        write(again, "run2", rows, List.of());

        assertSame(read(again, address), rows);
    }

    @Test
    void storedRowsAreThoseThatAreThereWithTheirHashes() {
        var store = open(address(name()));
        var rows = TestRow.random("a", 130, random);
        store.prepare(TestRow.TABLE);
        write(store, "run1", rows, List.of());

        var found = new LinkedHashMap<String, String>();
        for (var share = 0; share < 3; share++) {
            try (var stored = store.stored(TestRow.TABLE, share, 3)) {
                stored.forEachRemaining(row ->
                        assertThat(found.put(row.id(), row.contentHash())).isNull());
            }
        }

        var expected = new LinkedHashMap<String, String>();
        if (keepsRows()) {
            rows.forEach(row -> expected.put(row.id(), row.contentHash()));
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void whatIsConfirmedIsToldOrNothingIs() {
        var store = open(address(name()));
        var rows = TestRow.random("a", 20, random);
        store.prepare(TestRow.TABLE);
        writeTask(store, new WriteTask("run1", 0, 0), rows, List.of());

        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 1))) {
            var confirmed = writer.confirmed(List.of("a1", "a2", "never there"));
            assertThat(confirmed).isIn(Map.of(), Map.of("a1", "hash-a1", "a2", "hash-a2"));
        }
    }

    /** A run that found rows unfit, or was killed before it sent any. */
    @Test
    void whatARunHasLeftWithoutRowsIsNewToTheNext() {
        var address = address(name());

        assertThat(open(address).prepare(TestRow.TABLE).isNew()).isTrue();
        assertThat(open(address).prepare(TestRow.TABLE).isNew()).isTrue();
    }

    @Test
    void theLastMarkIsKept() {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 3, random), List.of());
        store.mark(TestRow.TABLE, new ExportMark("lake.vectors", "17", "table", 3));
        store.mark(TestRow.TABLE, new ExportMark("lake.\"vec'tors\"", "18", "table", 4));

        assertThat(open(address).prepare(TestRow.TABLE))
                .isEqualTo(new Contents(false, Optional.of(new ExportMark("lake.\"vec'tors\"", "18", "table", 4))));
    }

    /** Whoever has emptied it: changes since the mark's version would leave out all other rows. */
    @Test
    void aStoreWhoseRowsAreAllGoneIsNewWhateverItsMark() {
        Assumptions.assumeTrue(keepsRows(), "files of one export do not change those of another");
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 3, random), List.of());
        store.mark(TestRow.TABLE, new ExportMark("lake.vectors", "17", "table", 3));
        write(store, "run2", List.of(), List.of("a0", "a1", "a2"));

        assertThat(open(address).prepare(TestRow.TABLE).isNew()).isTrue();
    }

    @Test
    void anotherDimensionIsRefusedBeforeAnythingIsSent() {
        Assumptions.assumeTrue(keepsRows(), "files of one export do not change those of another");
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 3, random), List.of());

        assertThatThrownBy(() -> open(address).prepare(TestRow.table(4)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected vectors of 4 numbers, found 8");
    }

    @Test
    void neighboursAreFoundExactlyWhereThereIsNoIndex() {
        var exact = indexes().contains(IndexKind.NONE);
        Assumptions.assumeTrue(exact, "it never searches without an index");
        var store = open(address(name()), "index", "none");
        var rows = TestRow.random("a", 500, random);
        store.prepare(TestRow.TABLE);
        write(store, "run1", rows, List.of());
        store.index(TestRow.TABLE);
        var search = store.search(TestRow.TABLE);
        Assumptions.assumeTrue(search.isPresent(), "it is searched elsewhere");

        try (var asked = search.get()) {
            assertThat(asked.rows()).isEqualTo(500);
            for (var i = 0; i < 20; i++) {
                var query = rows.get(random.nextInt(rows.size())).vector();
                assertThat(asked.nearest(query, 10)).isEqualTo(nearest(rows, query, 10));
            }
        }
    }

    @Test
    void anIndexFindsMostNeighbours() {
        for (var index : indexes()) {
            var store = open(address(name()), "index", index.id());
            var rows = TestRow.random("a", 1000, random);
            store.prepare(TestRow.TABLE);
            write(store, "run1", rows, List.of());
            store.index(TestRow.TABLE);
            var search = store.search(TestRow.TABLE);
            Assumptions.assumeTrue(search.isPresent(), "it is searched elsewhere");

            try (var asked = search.get()) {
                var hits = 0;
                for (var i = 0; i < 20; i++) {
                    var query = rows.get(random.nextInt(rows.size())).vector();
                    var expected = new TreeSet<>(nearest(rows, query, 10));
                    hits += (int) asked.nearest(query, 10).stream()
                            .filter(expected::contains)
                            .count();
                }
                assertThat(hits / 200.0).as(index.id()).isGreaterThanOrEqualTo(leastRecall(index));
            }
        }
    }

    /** The share of neighbours that an index finds of 1,000 vectors of 8 numbers. */
    protected double leastRecall(IndexKind index) {
        return switch (index) {
            case NONE -> 1;
            case HNSW -> 0.95;
            case IVF_PQ -> 0.5;
        };
    }

    /** The ids of the nearest rows, by looking at all. */
    protected final List<String> nearest(List<TestRow> rows, float[] query, int k) {
        return rows.stream()
                .sorted(Comparator.comparingDouble(
                        (TestRow row) -> -TestRow.TABLE.metric().nearness(kept(query), kept(row.vector()))))
                .limit(k)
                .map(TestRow::id)
                .toList();
    }

    @Test
    void secretsAreNotInWhatItPrints() {
        var store = open(address(name()));
        for (var name : kind().secrets()) {
            secrets().find(name).filter(secret -> !secret.isEmpty()).ifPresent(secret -> assertThat(store.toString())
                    .doesNotContain(secret));
        }
        assertThat(store.toString()).isNotEmpty().doesNotContain("@");
        assertThat(kind().example()).startsWith(kind().scheme() + ":");
        assertThat(dev.packhorse.stores.Stores.kinds().stream().map(StoreKind::scheme))
                .contains(kind().scheme());
    }
}
