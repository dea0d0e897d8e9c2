package dev.packhorse.lance.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.lance.shape.IndexPlan;
import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreContract;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.rows.VectorRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lance.Dataset;
import org.lance.ipc.ScanOptions;

/** Tables in a folder, read by Lance itself. */
class LanceStoreTest extends StoreContract {

    @TempDir
    private Path folder;

    @Override
    protected StoreKind kind() {
        return new LanceStoreKind();
    }

    @Override
    protected String address(String name) {
        return "lance:" + folder.resolve("a folder").resolve(name + ".lance");
    }

    private static Path path(String address) {
        return Path.of(address.substring("lance:".length()));
    }

    @Override
    protected List<TestRow> read(Store store, String address) throws Exception {
        try (var dataset = dataset(address)) {
            return rows(dataset);
        }
    }

    private Dataset dataset(String address) {
        return Dataset.open().allocator(allocator).uri(path(address).toString()).build();
    }

    private static List<TestRow> rows(Dataset dataset) throws Exception {
        var found = new ArrayList<TestRow>();
        var columns =
                TestRow.TABLE.schema().getFields().stream().map(Field::getName).toList();
        try (var scanner = dataset.newScan(
                        new ScanOptions.Builder().columns(columns).build());
                var batches = scanner.scanBatches()) {
            while (batches.loadNextBatch()) {
                var rows = new VectorRows(TestRow.TABLE, batches.getVectorSchemaRoot());
                for (var i = 0; i < rows.count(); i++) {
                    var row = i;
                    found.add(new TestRow(
                            rows.id(i),
                            rows.vector(i),
                            rows.contentHash(i),
                            IntStream.range(0, 4)
                                    .mapToObj(column -> rows.carried(row, column))
                                    .toList(),
                            rows.metadata(i)));
                    assertThat(rows.modelId(i)).isEqualTo("tiny-bert");
                    assertThat(rows.modelVersion(i)).isEqualTo("fingerprint-1");
                    assertThat(rows.embeddedAt(i)).isEqualTo(TestRow.EMBEDDED_AT);
                }
            }
        }
        return found;
    }

    private Receipt task(Store store, WriteTask task, List<TestRow> rows) {
        try (var writer = store.writer(TestRow.TABLE, task);
                var batch = TestRow.batch(TestRow.TABLE, rows, allocator)) {
            writer.write(batch);
            return writer.commit();
        }
    }

    private static List<String> files(String address) throws IOException {
        try (Stream<Path> files = Files.list(path(address).resolve("data"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void nothingIsSeenBeforeItIsPublishedAndThenAllIsInOneVersion() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 30, random), List.of());
        var old = read(store, address);
        var changed = TestRow.random("a", 10, random);

        var receipts = List.of(
                task(store, new WriteTask("run2", 0, 0), changed.subList(0, 5)),
                task(store, new WriteTask("run2", 1, 0), changed.subList(5, 10)));
        assertSame(read(store, address), old);
        try (var before = dataset(address)) {
            store.publish(TestRow.TABLE, "run2", receipts);
            assertThat(before.latestVersion()).isEqualTo(before.version() + 1);
            assertSame(rows(before), old); // who reads meanwhile reads on
        }

        var expected = new ArrayList<>(changed);
        old.stream()
                .filter(row -> Integer.parseInt(row.id().substring(1)) >= 10)
                .forEach(expected::add);
        assertSame(read(store, address), expected);
    }

    @Test
    void whatIsPublishedAgainIsThereOnce() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 30, random);
        store.prepare(TestRow.TABLE);
        var receipts = write(store, "run1", rows, List.of("b1"));
        store.publish(TestRow.TABLE, "run1", receipts); // as if the driver had died before it heard

        assertSame(read(store, address), rows);
    }

    @Test
    void theLastOfTwoExportsThatWroteAtATimeCounts() throws Exception {
        var address = address(name());
        var store = open(address);
        var first = TestRow.random("a", 30, random);
        var second = TestRow.random("a", 30, random);
        store.prepare(TestRow.TABLE);
        var receipts = List.of(
                List.of(task(store, new WriteTask("run1", 0, 0), first)),
                List.of(task(store, new WriteTask("run2", 0, 0), second)));
        store.publish(TestRow.TABLE, "run1", receipts.get(0));
        store.publish(TestRow.TABLE, "run2", receipts.get(1));

        assertSame(read(store, address), second);
    }

    @Test
    void whatARunThatFailedLeftIsDiscardedAndWhatItPublishedStays() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 30, random);
        store.prepare(TestRow.TABLE);
        write(store, "run1", rows, List.of());
        var kept = files(address);
        task(store, new WriteTask("run1", 1, 0), rows);
        task(store, new WriteTask("run2", 0, 0), rows);
        assertThat(files(address)).hasSize(3);

        store.discard(TestRow.TABLE, "run1");
        store.discard(TestRow.TABLE, "run2");

        assertThat(files(address)).isEqualTo(kept);
        assertSame(read(store, address), rows);
        open(address(name())).discard(TestRow.TABLE, "run1"); // where there is no table
    }

    @Test
    void anAttemptThatDidNotCommitLeavesNoFile() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0));
                var batch = TestRow.batch(TestRow.TABLE, TestRow.random("a", 3, random), allocator)) {
            writer.write(batch);
            writer.delete(List.of("a1"));
        }

        assertThat(files(address)).isEmpty();
    }

    @Test
    void filesOfRunsThatDiedAreRemovedWhenTheyAreAWeekOldAndVersionsStay() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 30, random);
        store.prepare(TestRow.TABLE);
        task(store, new WriteTask("dead", 0, 0), rows);
        var young = files(address);
        task(store, new WriteTask("dead", 1, 0), rows);
        for (var file : files(address)) {
            if (!young.contains(file)) {
                Files.setLastModifiedTime(
                        path(address).resolve("data").resolve(file),
                        FileTime.from(Instant.now().minus(Duration.ofDays(8))));
            }
        }

        write(store, "run1", rows, List.of());
        write(store, "run2", rows, List.of());

        assertThat(files(address)).hasSize(3).containsAll(young);
        try (var dataset = dataset(address)) {
            assertThat(dataset.listVersions()).hasSizeGreaterThanOrEqualTo(3);
        }
        assertSame(read(store, address), rows);
    }

    @Test
    void aBatchMayBeFilledAgainAsSoonAsItIsWritten() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 90, random);
        store.prepare(TestRow.TABLE);
        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0))) {
            for (var i = 0; i < 3; i++) {
                try (var batch = TestRow.batch(TestRow.TABLE, rows.subList(30 * i, 30 * i + 30), allocator)) {
                    writer.write(batch);
                    for (var column : batch.getFieldVectors()) {
                        for (var buffer : column.getBuffers(false)) {
                            buffer.setZero(0, buffer.capacity());
                        }
                    }
                }
            }
            store.publish(TestRow.TABLE, "run1", List.of(writer.commit()));
        }

        assertSame(read(store, address), rows);
    }

    @Test
    void allRowsMayGoAndTheTableIsThenNew() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 30, random);
        store.prepare(TestRow.TABLE);
        write(store, "run1", rows, List.of());
        store.mark(TestRow.TABLE, new ExportMark("lake.vectors", "1", "t", 30));

        write(store, "run2", List.of(), rows.stream().map(TestRow::id).toList());

        assertThat(read(store, address)).isEmpty();
        assertThat(open(address).prepare(TestRow.TABLE).isNew()).isTrue();
        try (var stored = store.stored(TestRow.TABLE, 0, 1)) {
            assertThat(stored.hasNext()).isFalse();
        }
    }

    @Test
    void columnsThatOthersAddedStay() throws Exception {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 30, random);
        store.prepare(TestRow.TABLE);
        write(store, "run1", rows, List.of());
        try (var dataset = dataset(address)) {
            dataset.addColumns(List.of(Field.nullable("note", ArrowType.Utf8.INSTANCE)));
        }

        assertThat(open(address).prepare(TestRow.TABLE)).isEqualTo(new Contents(false, Optional.empty()));
        var more = TestRow.random("b", 3, random);
        write(store, "run2", more, List.of());

        assertSame(
                read(store, address),
                Stream.concat(rows.stream(), more.stream()).toList());
    }

    @Test
    void aNewModelIsSaidWithTheSchema() {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        var other = new VectorTable("other", "r2", 8, TestRow.TABLE.metric(), true, TestRow.TABLE.carried());
        store.mark(other, new ExportMark("lake.vectors", "1", "t", 30));

        try (var dataset = dataset(address)) {
            assertThat(dataset.getSchema().getCustomMetadata())
                    .containsEntry("embedding.model", "other")
                    .containsEntry("embedding.dim", "8");
        }
    }

    @Test
    void oldRowsAreFoundWithFewIdsAtATimeToo() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 100, random), List.of());
        write(store, "run2", TestRow.random("b", 100, random), List.of());
        var receipt = task(store, new WriteTask("run3", 0, 0), TestRow.random("b", 30, random));
        var place = new LancePlace(path(address).toString(), Map.of(), Secrets.NONE);

        try (var dataset = dataset(address)) {
            var found = new OldRows(place, allocator, dataset, List.of(0, 1), 7)
                    .find(receipt.parts().stream().map(NewFile::of).toList());
            assertThat(found).containsOnlyKeys(1);
            assertThat(found.get(1).stream())
                    .containsExactlyElementsOf(IntStream.range(0, 30).boxed().toList());
        }
    }

    @Test
    void exportsThatPublishAtATimeLeaveEachIdOnce() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run0", TestRow.random("a", 50, random), List.of());
        var threads = Executors.newFixedThreadPool(4);
        try {
            var running = new ArrayList<Future<?>>();
            for (var i = 1; i <= 4; i++) {
                var run = "run" + i;
                var receipt = task(store, new WriteTask(run, 0, 0), TestRow.random("a", 60, random));
                running.add(threads.submit(() -> store.publish(TestRow.TABLE, run, List.of(receipt))));
            }
            for (var one : running) {
                one.get(1, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(read(store, address).stream().map(TestRow::id))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 60).mapToObj(i -> "a" + i).toList());
    }

    @Test
    void anIndexTakesInWhatLaterExportsBringAndIsBuiltAnewWhenTheTableHasDoubled() throws Exception {
        for (var kind : List.of("hnsw", "ivf-pq")) {
            var address = address(name());
            var store = open(address, "index", kind);
            store.prepare(TestRow.TABLE);
            var rows = new ArrayList<>(TestRow.random("a", 300, random));
            write(store, "run1", rows, List.of());
            store.index(TestRow.TABLE);
            var more = TestRow.random("b", 50, random);
            rows.addAll(more);
            write(store, "run2", more, List.of("a0"));

            assertFinds(store, more); // before it is in the index
            store.index(TestRow.TABLE);
            assertFinds(store, more);
            try (var dataset = dataset(address)) {
                assertThat(dataset.getConfig()).containsEntry("packhorse_index_rows", "300");
                assertThat(dataset.countIndexedRows(IndexPlan.NAME, "id is not null", Optional.empty()))
                        .isEqualTo(349);
            }

            var many = TestRow.random("c", 300, random);
            write(store, "run3", many, List.of());
            store.index(TestRow.TABLE);
            assertFinds(store, many.subList(0, 20));
            try (var dataset = dataset(address)) {
                assertThat(dataset.getConfig()).containsEntry("packhorse_index_rows", "649");
                assertThat(dataset.listIndexes()).containsExactly(IndexPlan.NAME);
            }
        }
    }

    private static void assertFinds(Store store, List<TestRow> rows) {
        try (var search = store.search(TestRow.TABLE).orElseThrow()) {
            for (var row : rows) {
                assertThat(search.nearest(row.vector(), 5)).contains(row.id()).doesNotContain("a0");
            }
        }
    }
}
