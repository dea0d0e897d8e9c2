package dev.packhorse.stores.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreContract;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.Takes;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What all kinds of files do beyond what every store does. */
abstract class FileKindContract extends StoreContract {

    @TempDir
    Path temp;

    @Override
    protected String address(String name) {
        return kind().scheme() + ":" + temp.resolve(name);
    }

    @Override
    protected boolean keepsRows() {
        return false;
    }

    /** Where an address points. */
    static Path place(String address) {
        return Path.of(address.substring(address.indexOf(':') + 1));
    }

    /** The rows of all files that readers of the format find in a folder, by a reader that is not Packhorse's. */
    abstract List<TestRow> readFiles(Path place) throws Exception;

    @Override
    protected List<TestRow> read(Store store, String address) throws Exception {
        return readFiles(place(address));
    }

    /** All files under a place that readers see: neither they nor their folders begin with _ or a dot. */
    static List<Path> visible(Path place) throws IOException {
        if (!Files.exists(place)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(place)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> Stream.iterate(file, f -> !f.equals(place.getParent()), Path::getParent)
                            .map(f -> f.getFileName().toString())
                            .noneMatch(name ->
                                    (name.startsWith("_") && !name.equals("__default__")) || name.startsWith(".")))
                    .sorted()
                    .toList();
        }
    }

    private List<Path> staged(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(place.getParent())) {
            return files.filter(file -> file.toString().endsWith(".part")).toList();
        }
    }

    @Test
    void whatAKilledRunWroteIsHiddenAndTheNextRunDeletesIt() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0));
                var batch = TestRow.batch(TestRow.TABLE, TestRow.random("old", 50, random), allocator)) {
            writer.write(batch);
            writer.commit();
        }
        var half = store.writer(TestRow.TABLE, new WriteTask("run1", 1, 0)); // never closed, as its machine died
        try (var batch = TestRow.batch(TestRow.TABLE, TestRow.random("half", 50, random), allocator)) {
            half.write(batch);
        }
        assertThat(visible(place(address))).isEmpty();
        assertThat(staged(place(address))).hasSize(2);

        var again = open(address);
        var rows = TestRow.random("new", 30, random);
        again.prepare(TestRow.TABLE);
        assertThat(staged(place(address))).isEmpty();
        write(again, "run2", rows, List.of());

        assertSame(readFiles(place(address)), rows);
        assertThat(staged(place(address))).isEmpty();
        half.close();
    }

    @Test
    void whatIsClosedBeforeItsCommitLeavesNoFile() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0));
                var batch = TestRow.batch(TestRow.TABLE, TestRow.random("a", 50, random), allocator)) {
            writer.write(batch);
        }

        assertThat(staged(place(address))).isEmpty();
    }

    @Test
    void aLaterExportTakesThePlaceOfAnEarlierOne() throws Exception {
        Assumptions.assumeTrue(open(address(name())).takes() == Takes.ALL, "it takes changes");
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("old", 120, random), List.of());
        store.mark(TestRow.TABLE, new ExportMark("lake", "1", "t", 120));
        var rows = TestRow.random("new", 30, random);
        var again = open(address);
        again.prepare(TestRow.TABLE);
        write(again, "run2", rows, List.of());

        assertSame(readFiles(place(address)), rows);
        // killed before its mark: whose it is is known
        assertThat(open(address).prepare(TestRow.TABLE))
                .isEqualTo(new Contents(false, Optional.of(new ExportMark("lake", "", "t", 0))));
    }

    @Test
    void aMarkWithoutAVersionIsKeptAtAnyTimeAfterTheFirstExport() {
        var address = address(name());
        var store = open(address);
        var mark = new ExportMark("lake", "", "t", 0);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 20, random), List.of());
        for (var again : List.of("run2", "run3")) {
            store.mark(TestRow.TABLE, mark);
            assertThat(open(address).prepare(TestRow.TABLE)).isEqualTo(new Contents(false, Optional.of(mark)));
            write(store, again, TestRow.random("b", 20, random), List.of());
            assertThat(open(address).prepare(TestRow.TABLE)).isEqualTo(new Contents(false, Optional.of(mark)));
        }
    }

    @Test
    void aPartThatIsNotThereIsNotPublished() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("old", 20, random), List.of());
        var before = visible(place(address));
        var writer = store.writer(TestRow.TABLE, new WriteTask("run2", 0, 0));
        try (writer;
                var batch = TestRow.batch(TestRow.TABLE, TestRow.random("a", 50, random), allocator)) {
            writer.write(batch);
            var receipt = writer.commit();
            open(address).prepare(TestRow.TABLE); // of another export
            assertThatThrownBy(() -> store.publish(TestRow.TABLE, "run2", List.of(receipt)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected the part ")
                    .hasMessageContaining("found none; two exports to one place at a time take each other's parts");
        }

        assertThat(visible(place(address))).isEqualTo(before);
    }

    @Test
    void aFileWhereAFolderShouldBeIsToldSo() throws Exception {
        var file = Files.writeString(temp.resolve("file"), "x");
        var store = open(kind().scheme() + ":" + file.resolve("deeper"));

        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected to ")
                .hasMessageContaining(file.toString());
    }

    @Test
    void neighboursOfAnExportThatIsNotThereAreNotFound() {
        var store = open(address(name()));

        assertThatThrownBy(() -> store.search(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected an export in ")
                .hasMessageContaining("; export first");
    }

    @Test
    void aPasswordInTheAddressIsRefused() {
        assertThatThrownBy(() -> open(kind().scheme() + ":ftp://user:secret@host/folder/file"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--to: expected an address without a password, found one; for ftp: secrets come from Hadoop's"
                                + " settings (spark.hadoop.*) or its credential provider")
                .hasMessageNotContaining("secret@");
    }

    @Test
    void anAddressWithoutAPlaceIsRefused() {
        assertThatThrownBy(() -> open(kind().scheme() + ":"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--to: expected an address such as %s, found one whose place is no path"
                        .formatted(kind().example()));
    }

    @Test
    void tasksGetACopy() throws Exception {
        var address = address(name());
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(open(address));
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            var copy = (Store) in.readObject();
            var rows = TestRow.random("a", 10, random);
            copy.prepare(TestRow.TABLE);
            write(copy, "run1", rows, List.of());
            assertSame(readFiles(place(address)), rows);
        }
    }

    @Test
    void settingsOfHadoopAreTakenAndNotTold() {
        var request = new StoreRequest(
                kind().scheme() + ":nowhere:/folder/file",
                OptionValues.read(kind().options(), Map.of(), Map.of()),
                secrets(),
                Map.of("fs.nowhere.impl", "of.a.Class", "fs.nowhere.key", "secret"));
        var store = kind().open(request);

        assertThat(store.toString()).doesNotContain("secret");
        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .hasMessageContaining("of.a.Class")
                .hasMessageNotContaining("secret");
    }

    @Test
    void placesMayHaveColonsAndBlanks() throws Exception {
        var address = kind().scheme() + ":" + temp.resolve("a b:c");
        var store = open(address);
        var rows = TestRow.random("a", 10, random);
        store.prepare(TestRow.TABLE);
        write(store, "run1", rows, List.of());

        assertSame(readFiles(place(address)), rows);
    }

    @Test
    void itsNameIsItsAddress() {
        var address = address("x");

        assertThat(open(address)).hasToString(address);
    }
}
