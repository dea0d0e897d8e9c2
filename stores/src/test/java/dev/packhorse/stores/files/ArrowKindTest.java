package dev.packhorse.stores.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.junit.jupiter.api.Test;

class ArrowKindTest extends FileKindContract {

    @Override
    protected StoreKind kind() {
        return new ArrowKind();
    }

    @Override
    List<TestRow> readFiles(Path place) throws IOException {
        var rows = new ArrayList<TestRow>();
        for (var file : visible(place)) {
            assertThat(file.toString()).endsWith(".arrow");
            try (var allocator = new RootAllocator();
                    var reader = new ArrowFileReader(FileChannel.open(file), allocator)) {
                assertThat(reader.getVectorSchemaRoot().getSchema()).isEqualTo(TestRow.TABLE.schema());
                for (var block : reader.getRecordBlocks()) {
                    reader.loadRecordBatch(block);
                    rows.addAll(ArrowRows.of(reader.getVectorSchemaRoot()));
                }
            }
        }
        return rows;
    }

    @Test
    void anExportWithoutRowsIsAFileWithoutRows() throws IOException {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        store.publish(TestRow.TABLE, "run1", List.of());

        assertThat(visible(place(address))).hasSize(1);
        assertThat(readFiles(place(address))).isEmpty();
    }

    @Test
    void filesOfARunThatWasKilledWhilePublishingAreDeleted() throws IOException {
        var address = address(name());
        var store = open(address);
        var rows = TestRow.random("a", 20, random);
        store.prepare(TestRow.TABLE);
        write(store, "run1", rows, List.of());
        var file = visible(place(address)).get(0);
        assertThat(file.getFileName()).hasToString("packhorse-run1-00000.arrow");
        Files.copy(file, place(address).resolve("packhorse-run2-00000.arrow")); // whose manifest was not written
        Files.writeString(place(address).resolve("readme.txt"), "stays");

        open(address).prepare(TestRow.TABLE);

        assertThat(visible(place(address))).containsExactly(file, place(address).resolve("readme.txt"));
    }

    @Test
    void aFolderWithFilesOfOthersIsRefused() throws IOException {
        var address = address(name());
        Files.createDirectories(place(address));
        Files.writeString(place(address).resolve("mine.arrow"), "x");

        assertThatThrownBy(() -> open(address).prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "expected an empty folder or one that an export wrote, found mine.arrow in %s; name another folder"
                                .formatted(place(address)));
    }

    @Test
    void aManifestThatIsNoneIsToldSo() throws IOException {
        var address = address(name());
        Files.createDirectories(place(address));
        Files.writeString(place(address).resolve("_packhorse.json"), "{");

        assertThatThrownBy(() -> open(address).prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        "expected what an export wrote in %s/_packhorse.json, found: ".formatted(place(address)))
                .hasMessageContaining("; delete it, and export again");
    }
}
