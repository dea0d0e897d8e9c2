package dev.packhorse.stores.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Seeds;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.udf.options.OptionValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arrow's Python, which shares no code with its Java, reads what we write. */
class ArrowInPythonTest {

    private static final String AND_PRINT = """
            t.validate(full=True)
            print(t.num_rows, t.schema.field('vector').type, t.schema.metadata[b'embedding.dim'].decode())
            print(sum(x for v in t['vector'].to_pylist() for x in v), t['id'][7], t['embedded_at'][7].value)
            """;

    @TempDir
    Path temp;

    private final List<TestRow> rows = TestRow.random("a", 250, Seeds.random());

    private Path export(StoreKind kind) {
        var place = temp.resolve(kind.scheme());
        var store = kind.open(new StoreRequest(
                kind.scheme() + ":" + place,
                OptionValues.read(kind.options(), Map.of(), Map.of()),
                Secrets.NONE,
                Map.of()));
        store.prepare(TestRow.TABLE);
        try (var allocator = new RootAllocator();
                var writer = store.writer(TestRow.TABLE, new WriteTask("run1", 0, 0))) {
            for (var from = 0; from < rows.size(); from += 50) {
                try (var batch = TestRow.batch(TestRow.TABLE, rows.subList(from, from + 50), allocator)) {
                    writer.write(batch);
                }
            }
            store.publish(TestRow.TABLE, "run1", List.of(writer.commit()));
        }
        return place;
    }

    private String python(String script) throws IOException, InterruptedException {
        var said = temp.resolve("said");
        var python = new ProcessBuilder("python3", "-c", script)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(python.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            python.destroyForcibly();
        }
        return Files.readString(said, UTF_8);
    }

    private void assumePyarrow() throws InterruptedException {
        try {
            Assumptions.assumeTrue(
                    python("import pyarrow; print('is there')").contains("is there"), "python3 has no pyarrow here");
        } catch (IOException e) {
            Assumptions.abort("there is no python3 here");
        }
    }

    private void assertRead(String said) {
        var lines = said.lines().toList();
        assertThat(lines).as(said).hasSize(2);
        assertThat(lines.get(0)).isEqualTo("250 fixed_size_list<item: float>[8] 8");
        var words = lines.get(1).split(" ", -1);
        var sum = 0.0;
        for (var row : rows) {
            for (var number : row.vector()) {
                sum += number;
            }
        }
        assertThat(Double.parseDouble(words[0])).isCloseTo(sum, org.assertj.core.data.Offset.offset(1e-6));
        assertThat(words[1]).isEqualTo("a7");
        assertThat(words[2]).isEqualTo(String.valueOf(TestRow.EMBEDDED_AT));
    }

    @Test
    void readsFiles() throws Exception {
        assumePyarrow();
        var file = export(new ArrowKind()).resolve("packhorse-run1-00000.arrow");

        assertRead(python("import pyarrow as p\nt = p.ipc.open_file('%s').read_all()\n".formatted(file) + AND_PRINT));
    }

    @Test
    void readsStreams() throws Exception {
        assumePyarrow();
        var file = export(new ArrowStreamKind());

        assertRead(python("import pyarrow as p\nt = p.ipc.open_stream('%s').read_all()\n".formatted(file) + AND_PRINT));
    }
}
