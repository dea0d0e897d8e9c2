package dev.packhorse.lance.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import dev.packhorse.lance.shape.ColumnCheck;
import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of places, tables and options that do not fit. */
class LanceFailuresTest {

    @TempDir
    private Path folder;

    private final RandomGenerator random = Seeds.random();

    private int tables;

    private String address() {
        return "lance:" + folder.resolve("t" + tables++ + ".lance");
    }

    private static Store open(String address, String... more) {
        var kind = new LanceStoreKind();
        var given = new LinkedHashMap<String, List<String>>();
        for (var i = 0; i < more.length; i += 2) {
            given.put(more[i], List.of(more[i + 1]));
        }
        var known = Stream.concat(StoreOptions.ALL.stream(), kind.options().stream())
                .toList();
        return kind.open(new StoreRequest(address, OptionValues.read(known, Map.of(), given), Secrets.NONE, Map.of()));
    }

    private static Receipt task(Store store, WriteTask task, List<TestRow> rows) {
        try (var allocator = new RootAllocator();
                var writer = store.writer(TestRow.TABLE, task);
                var batch = TestRow.batch(TestRow.TABLE, rows, allocator)) {
            writer.write(batch);
            return writer.commit();
        }
    }

    @Test
    void aTableWithOtherColumnsIsRefused() {
        var address = address();
        open(address).prepare(TestRow.TABLE);
        var wanted = new ArrayList<>(TestRow.TABLE.carried());
        wanted.add(new CarriedColumn("place", CarriedColumn.Type.UTF8));
        var other = new VectorTable("tiny-bert", "r1", 8, Metric.COSINE, true, wanted);
        assertThatThrownBy(() -> open(address).prepare(other))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith(address + ": expected column place: Utf8, found [content_hash, embedded_at,")
                .hasMessageEndingWith("; export to a new table, or add the column there");

        wanted.remove(wanted.size() - 1);
        wanted.set(1, new CarriedColumn("year", CarriedColumn.Type.UTF8));
        assertThatThrownBy(
                        () -> open(address).prepare(new VectorTable("tiny-bert", "r1", 8, Metric.COSINE, true, wanted)))
                .hasMessage(address + ": expected column year: Utf8, found year: Int(64, true); export to a new table");

        assertThatThrownBy(() -> {
                    var fields = new ArrayList<>(TestRow.TABLE.schema().getFields());
                    fields.add(new Field("must", FieldType.notNullable(ArrowType.Utf8.INSTANCE), List.of()));
                    ColumnCheck.check(TestRow.TABLE, fields, "lance:/t");
                })
                .hasMessage(
                        "lance:/t: expected no column beside those exported that must not be null, found must: Utf8 not null; drop it there, or export to a new table");
    }

    @Test
    void whatCannotBeReachedOrReadIsSaid() {
        assertThatThrownBy(() -> open("lance:/proc/nobody/may/write.lance").prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("lance:/proc/nobody/may/write.lance: expected to open it or make it, found: ")
                .hasMessageEndingWith("; see that the place can be reached and has room, and run the export again")
                .hasMessageNotContaining(".rs:");

        var missing = open(address());
        assertThatThrownBy(() -> missing.stored(TestRow.TABLE, 0, 1))
                .hasMessageContaining("expected to read its rows, found: ");
        assertThatThrownBy(() -> missing.search(TestRow.TABLE)).hasMessageContaining("expected to read it, found: ");
        assertThatThrownBy(() -> missing.index(TestRow.TABLE)).hasMessageContaining("expected to index it, found: ");
        assertThatThrownBy(() -> task(missing, new WriteTask("run1", 0, 0), TestRow.random("a", 1, random)))
                .hasMessageContaining("expected to read it, found: ");

        var address = address();
        var store = open(address);
        store.prepare(TestRow.TABLE);
        var receipt = task(store, new WriteTask("run1", 0, 0), TestRow.random("a", 3, random));
        store.publish(TestRow.TABLE, "run1", List.of(receipt));
        assertThatThrownBy(() -> store.publish(
                        TestRow.TABLE, "run2", List.of(Receipt.of(1, 0, List.of("rows 3 never-there.lance")))))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.publish(TestRow.TABLE, "run2", List.of(Receipt.of(1, 0, List.of("what?")))))
                .hasMessage(
                        "expected a file's kind, rows and name in a task's receipt, found 'what?'; was it written by another version?");
        assertThat(receipt.parts()).hasSize(1);
        assertThat(store.prepare(TestRow.TABLE).isNew()).isFalse();
    }

    @Test
    void addressesAndOptionsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> open("lance:s3://me:secret@bucket/t.lance"))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith(
                        "--to lance:...@...: expected an address without a password, found one; give it as PACKHORSE_LANCE_SECRET_ACCESS_KEY")
                .hasMessageNotContaining("me:secret");
        assertThatThrownBy(() -> open("lance:t.lance"))
                .hasMessage(
                        "--to lance:t.lance: expected a path from the root, such as lance:/folder/table.lance, for tasks run in folders of their own; found t.lance");
        assertThatThrownBy(() -> open("lance:"))
                .hasMessage(
                        "--to lance:: expected the place of a table, such as lance:/folder/table.lance, found none");
        assertThatThrownBy(() -> open("lance:s3://bucket/t.lance", "lance-storage-option", "aws_secret_access_key=abc"))
                .hasMessageStartingWith(
                        "--lance-storage-option aws_secret_access_key=...: expected a setting that everyone may see, found what looks like a secret; give it as")
                .hasMessageNotContaining("=abc");
        assertThat(open("lance:s3://bucket/t.lance/", "lance-storage-option", "region=eu-west-1")
                        .toString())
                .isEqualTo("lance:s3://bucket/t.lance");
        assertThat(open("lance:file:///tmp/t.lance").toString()).isEqualTo("lance:/tmp/t.lance");
    }

    @Test
    void secretsAreNotInMessages() {
        var secrets = new Secrets(Map.of("secret_access_key", "abracadabra"));
        var place = new LancePlace("s3://bucket/t.lance", Map.of("secret_access_key", "abracadabra"), secrets);

        assertThat(place.toString()).isEqualTo("lance:s3://bucket/t.lance");
        assertThat(place.failure("read it", new RuntimeException("signed with abracadabra, /a/b.rs:1:2")))
                .hasMessage(
                        "lance:s3://bucket/t.lance: expected to read it, found: signed with ***; see that the place can be reached and has room, and run the export again")
                .hasNoCause();
        assertThat(place.failure("read it", new UnsatisfiedLinkError("no lance_jni")))
                .hasMessage(
                        "lance:s3://bucket/t.lance: expected Lance's native library for this machine, which there is for Linux on x86-64 and ARM and for macOS on ARM, found UnsatisfiedLinkError: no lance_jni");
    }
}
