package dev.packhorse.stores.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.Test;

class ArrowStreamKindTest extends FileKindContract {

    @Override
    protected StoreKind kind() {
        return new ArrowStreamKind();
    }

    @Override
    List<TestRow> readFiles(Path file) throws IOException {
        var rows = new ArrayList<TestRow>();
        try (var in = Files.newInputStream(file);
                var allocator = new RootAllocator();
                var reader = new ArrowStreamReader(in, allocator)) {
            assertThat(reader.getVectorSchemaRoot().getSchema()).isEqualTo(TestRow.TABLE.schema());
            while (reader.loadNextBatch()) {
                rows.addAll(ArrowRows.of(reader.getVectorSchemaRoot()));
            }
            assertThat(in.read()).isEqualTo(-1); // the end was the end
        }
        return rows;
    }

    @Test
    void anExportWithoutRowsIsAStreamWithoutRows() throws IOException {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        store.publish(TestRow.TABLE, "run1", List.of());

        assertThat(readFiles(place(address))).isEmpty();
    }

    @Test
    void aFileOfSomebodyElseIsNotReplaced() throws IOException {
        var address = address(name());
        Files.writeString(place(address), "mine");

        assertThatThrownBy(() -> open(address).prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessage("expected no file or one that an export wrote, found %s without %s; name another file"
                        .formatted(
                                place(address), "_packhorse-" + place(address).getFileName() + ".json"));
        assertThat(place(address)).hasContent("mine");
    }

    @Test
    void filesBesideItStay() throws IOException {
        var address = address(name());
        Files.writeString(temp.resolve("beside"), "stays");
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 5, random), List.of());

        assertThat(temp.resolve("beside")).hasContent("stays");
        try (var files = Files.list(temp)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "beside",
                            place(address).getFileName().toString(),
                            "_packhorse-" + place(address).getFileName() + ".json");
        }
    }
}
