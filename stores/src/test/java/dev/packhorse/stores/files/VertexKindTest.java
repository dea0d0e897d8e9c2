package dev.packhorse.stores.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.Takes;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The layout as Vertex AI's documentation says it; no Vertex AI has read it. */
class VertexKindTest extends FileKindContract {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    protected StoreKind kind() {
        return new VertexKind();
    }

    /** Batches are imported one after the other, the deletions of each and its rows. */
    @Override
    List<TestRow> readFiles(Path place) throws IOException {
        var rows = new LinkedHashMap<String, TestRow>();
        for (var file : visible(place)) {
            if (file.getParent().getFileName().toString().equals("delete")) {
                Files.readAllLines(file).forEach(rows::remove);
            } else {
                assertThat(file.toString()).endsWith(".json");
                assertThat(file.getParent().getParent()).isEqualTo(place);
                for (var line : Files.readString(file).lines().toList()) {
                    var row = row(JSON.readTree(line));
                    rows.put(row.id(), row);
                }
            }
        }
        return List.copyOf(rows.values());
    }

    private static TestRow row(JsonNode json) {
        var vector = new float[json.get("embedding").size()];
        for (var i = 0; i < vector.length; i++) {
            vector[i] = json.get("embedding").get(i).floatValue();
        }
        var values = new HashMap<String, JsonNode>();
        json.get("restricts").forEach(token -> {
            assertThat(token.get("allow")).hasSize(1);
            values.put(token.get("namespace").textValue(), token.get("allow").get(0));
        });
        json.get("numeric_restricts").forEach(number -> {
            assertThat(number).hasSize(2);
            values.put(
                    number.get("namespace").textValue(),
                    Optional.ofNullable(number.get("value_int")).orElse(number.get("value_double")));
        });
        var carried = TestRow.TABLE.carried().stream()
                .map(column -> JsonRows.value(column, Optional.ofNullable(values.get(column.name()))))
                .toList();
        var metadata = json.get("embedding_metadata");
        assertThat(metadata.get("model_id").textValue()).isEqualTo("tiny-bert");
        assertThat(metadata.get("model_version").textValue()).isEqualTo("fingerprint-1");
        assertThat(metadata.get("embedded_at").longValue()).isEqualTo(TestRow.EMBEDDED_AT);
        return new TestRow(
                json.get("id").textValue(),
                vector,
                metadata.get("content_hash").textValue(),
                carried,
                metadata.get("metadata").toString());
    }

    @Test
    void aLineIsWhatTheDocumentationShows() throws IOException {
        var address = address(name());
        var store = open(address, "vertex-metadata", "title");
        var row = new TestRow(
                "a",
                new float[] {1, 0.1f, -2.5e-8f, 0, 0, 0, 0, 1L << 35},
                "h",
                List.of(Optional.of("t"), Optional.of(1L << 40), Optional.of(0.1), Optional.of(true)),
                "{\n \"x\": [1]\n}");
        store.prepare(TestRow.TABLE);
        write(store, "run1", List.of(row), List.of());

        var file = place(address).resolve("batch-00001-run1/packhorse-run1-00000.json");
        assertThat(visible(place(address))).containsExactly(file);
        assertThat(file)
                .hasContent("{\"id\":\"a\",\"embedding\":[1.0,0.1,-2.5E-8,0.0,0.0,0.0,0.0,3.435974E10],"
                        + "\"restricts\":[{\"namespace\":\"fresh\",\"allow\":[\"true\"]}],"
                        + "\"numeric_restricts\":[{\"namespace\":\"year\",\"value_int\":1099511627776},"
                        + "{\"namespace\":\"price\",\"value_double\":0.1}],"
                        + "\"embedding_metadata\":{\"content_hash\":\"h\",\"model_id\":\"tiny-bert\","
                        + "\"model_version\":\"fingerprint-1\",\"embedded_at\":1767225600000001,"
                        + "\"metadata\":{\"x\":[1]},\"title\":\"t\"}}\n");
    }

    @Test
    void changesAreABatchOfTheirOwnWithIdsToDelete() throws Exception {
        var address = address(name());
        var store = open(address);
        var old = TestRow.random("a", 120, random);
        store.prepare(TestRow.TABLE);
        write(store, "run1", old, List.of());
        var mark = new ExportMark("lake", "1", "t", 120);
        store.mark(TestRow.TABLE, mark);
        var changed = List.of(TestRow.random("a3", "another", random), TestRow.random("new", "x", random));

        var again = open(address);
        assertThat(again.takes()).isEqualTo(Takes.CHANGES);
        assertThat(again.prepare(TestRow.TABLE)).isEqualTo(new Contents(false, Optional.of(mark)));
        var receipts = write(again, "run2", changed, List.of("a5", "line\nbreak", "a6"));

        assertThat(receipts.get(0).deleted()).isEqualTo(2);
        assertThat(receipts.get(0).refused())
                .containsExactly(new Receipt.Refused(
                        "line\nbreak", "expected an id of one line to delete, found a line break in it"));
        assertThat(place(address).resolve("batch-00002-run2/delete/packhorse-run2.txt"))
                .hasContent("a5\na6\n");
        var expected = new ArrayList<>(old);
        expected.removeIf(row -> List.of("a3", "a5", "a6").contains(row.id()));
        expected.addAll(changed);
        assertSame(readFiles(place(address)), expected);
        // killed before its mark: the same changes may come again
        assertThat(open(address).prepare(TestRow.TABLE)).isEqualTo(new Contents(false, Optional.of(mark)));
        try (var search = again.search(TestRow.TABLE).orElseThrow()) {
            assertThat(search.rows()).isEqualTo(expected.size());
            var query = changed.get(0).vector();
            assertThat(search.nearest(query, 5)).isEqualTo(nearest(expected, query, 5));
        }
    }

    @Test
    void whoStartsOverHasTheNewBatchesAlone() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        store.startOver(TestRow.TABLE); // nothing is there
        write(store, "run1", TestRow.random("old", 20, random), List.of());
        write(store, "run2", TestRow.random("older", 20, random), List.of());
        store.mark(TestRow.TABLE, new ExportMark("lake", "1", "t", 40));
        var before = visible(place(address));
        var rows = TestRow.random("new", 30, random);

        store.startOver(TestRow.TABLE);

        assertThat(visible(place(address))).isEqualTo(before);
        try (var search = store.search(TestRow.TABLE).orElseThrow()) {
            assertThat(search.rows()).isZero();
        }
        write(store, "run3", rows, List.of());
        assertThat(visible(place(address)))
                .containsExactly(place(address).resolve("batch-00001-run3/packhorse-run3-00000.json"));
        assertSame(readFiles(place(address)), rows);
        try (var search = store.search(TestRow.TABLE).orElseThrow()) {
            assertThat(search.rows()).isEqualTo(30);
        }
        // killed before its mark: whose it is is known, and no version that changes could be compared with
        assertThat(open(address).prepare(TestRow.TABLE))
                .isEqualTo(new Contents(false, Optional.of(new ExportMark("lake", "", "t", 0))));
    }

    @Test
    void whereNothingChangedThereIsNoBatch() throws IOException {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 5, random), List.of());
        var before = visible(place(address));
        write(store, "run2", List.of(), List.of());

        assertThat(visible(place(address))).isEqualTo(before);
    }

    @Test
    void aBatchThatWasImportedAndDeletedIsNotMissed() throws IOException {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 5, random), List.of());
        Files.delete(visible(place(address)).get(0));
        Files.delete(place(address).resolve("batch-00001-run1"));
        write(store, "run2", TestRow.random("b", 5, random), List.of());

        assertThat(visible(place(address)))
                .containsExactly(place(address).resolve("batch-00002-run2/packhorse-run2-00000.json"));
    }

    @Test
    void manyPartsAreJoinedToAsManyFilesAsItTakes() throws Exception {
        var place = temp.resolve("many");
        var format = new VertexFormat(List.of());
        var folder = folder(place);
        var store = new FileStore("vertex", folder, Place.folder(folder), format, new BatchPublishing(format, 4));
        store.prepare(TestRow.TABLE);
        var rows = TestRow.random("a", 20, random);
        var receipts = new ArrayList<Receipt>();
        for (var task : IntStream.range(0, 10).toArray()) {
            try (var writer = store.writer(TestRow.TABLE, new WriteTask("run1", task, 0));
                    var batch = TestRow.batch(TestRow.TABLE, rows.subList(2 * task, 2 * task + 2), allocator)) {
                writer.write(batch);
                writer.delete(List.of("gone" + task));
                receipts.add(writer.commit());
            }
        }
        store.publish(TestRow.TABLE, "run1", receipts);

        assertThat(visible(place)).hasSize(4);
        assertThat(Files.readAllLines(place.resolve("batch-00001-run1/delete/packhorse-run1.txt")))
                .hasSize(10);
        assertSame(readFiles(place), rows);
    }

    private Folder folder(Path place) {
        return Folder.of(
                new dev.packhorse.stores.contract.StoreRequest(
                        "vertex:" + place,
                        dev.packhorse.udf.options.OptionValues.read(List.of(), Map.of(), Map.of()),
                        secrets(),
                        Map.of()),
                "");
    }

    @Test
    void numbersThatJsonDoesNotHaveAreRefused() {
        var store = open(address(name()));
        store.prepare(TestRow.TABLE);
        var row = TestRow.random("a", "h", random);
        row.vector()[3] = Float.NaN;

        var receipt = write(store, "run1", List.of(row), List.of()).get(0);

        assertThat(receipt.written()).isZero();
        assertThat(receipt.refused())
                .containsExactly(new Receipt.Refused("a", "expected numbers that JSON has, found NaN at place 3"));
    }

    @Test
    void anotherDimensionIsRefused() {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 3, random), List.of());

        assertThatThrownBy(() -> open(address).prepare(TestRow.table(4)))
                .isInstanceOf(StoreException.class)
                .hasMessage("expected vectors of 4 numbers, found 8 in the batches of %s; name another folder"
                        .formatted(place(address)));
    }

    @Test
    void aColumnThatIsNotCarriedIsRefused() {
        var store = open(address(name()), "vertex-metadata", "titel");

        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "--vertex-metadata titel: expected one of the columns carried along, [title, year, price, fresh],"
                                + " found another");
    }
}
