package dev.packhorse.stores.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;

/** The layout as Pinecone's documentation says it; no Pinecone has read it. */
class PineconeKindTest extends FileKindContract {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    protected StoreKind kind() {
        return new PineconeKind();
    }

    @Override
    List<TestRow> readFiles(Path place) throws IOException {
        var rows = new ArrayList<TestRow>();
        for (var file : visible(place)) {
            assertThat(file.getParent()).isEqualTo(place.resolve("__default__"));
            for (var row : ParquetFiles.rows(file)) {
                var metadata = (ObjectNode) JSON.readTree(row.getString("metadata", 0));
                var carried = new ArrayList<Optional<Object>>();
                for (var column : TestRow.TABLE.carried()) {
                    carried.add(JsonRows.value(column, Optional.ofNullable(metadata.remove(column.name()))));
                }
                var hash = metadata.remove("content_hash").textValue();
                assertThat(metadata.remove("model_id").textValue()).isEqualTo("tiny-bert");
                assertThat(metadata.remove("model_version").textValue()).isEqualTo("fingerprint-1");
                assertThat(metadata.remove("embedded_at").longValue()).isEqualTo(TestRow.EMBEDDED_AT);
                rows.add(new TestRow(
                        row.getString("id", 0),
                        ParquetFiles.vector(row, "values"),
                        hash,
                        carried,
                        metadata.toString()));
            }
        }
        return rows;
    }

    private static TestRow with(TestRow row, String metadata) {
        return new TestRow(row.id(), row.vector(), row.contentHash(), row.carried(), metadata);
    }

    @Test
    void columnsAreThoseOfTheDocumentationInAFolderForTheNamespace() throws IOException {
        var address = address(name());
        var store = open(address, "pinecone-namespace", "books");
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 5, random), List.of());

        var file = place(address).resolve("books/packhorse-run1-00000.parquet");
        assertThat(visible(place(address))).containsExactly(file);
        assertThat(ParquetFiles.footer(file).getFileMetaData().getSchema())
                .isEqualTo(MessageTypeParser.parseMessageType("""
                        message records {
                          optional binary id (STRING);
                          optional group values (LIST) { repeated group list { optional float element; } }
                          optional binary metadata (STRING);
                        }
                        """));
    }

    @Test
    void aNamespaceThatIsNoFolderIsRefused() {
        for (var namespace : List.of("a/b", "..", "_packhorse")) {
            assertThatThrownBy(() -> open(address(name()), "pinecone-namespace", namespace))
                    .isInstanceOf(OptionException.class)
                    .hasMessage("--pinecone-namespace %s: expected a name that can be that of a folder, found none"
                            .formatted(namespace));
        }
    }

    @Test
    void metadataIsFlatAndHasNoNulls() throws Exception {
        var address = address(name());
        var store = open(address);
        var row = with(
                TestRow.random("a", "h", random).withNulls(),
                "{\"a\":null,\"b\":{\"c\":1},\"d\":[1,2],\"e\":[\"x\"],\"f\":1.5,\"g\":true,\"content_hash\":\"not this\"}");
        store.prepare(TestRow.TABLE);
        write(store, "run1", List.of(row), List.of());

        var found = readFiles(place(address)).get(0);
        assertThat(found.metadata())
                .isEqualTo("{\"b\":\"{\\\"c\\\":1}\",\"d\":\"[1,2]\",\"e\":[\"x\"],\"f\":1.5,\"g\":true}");
        assertThat(found.contentHash()).isEqualTo("h");
    }

    @Test
    void rowsBeyondItsLimitsAreRefusedOneByOne() throws Exception {
        var address = address(name());
        var store = open(address);
        var fits = TestRow.random("é".repeat(256), "h", random);
        var id = TestRow.random("é".repeat(256) + "x", "h", random);
        var big = with(TestRow.random("big", "h", random), "{\"text\":\"" + "x".repeat(40 * 1024) + "\"}");
        var dollar = with(TestRow.random("dollar", "h", random), "{\"$in\":1}");
        var list = with(TestRow.random("list", "h", random), "[1]");
        var none = with(TestRow.random("none", "h", random), "{");
        store.prepare(TestRow.TABLE);

        var receipt = write(store, "run1", List.of(id, big, fits, dollar, list, none), List.of())
                .get(0);

        assertThat(receipt.written()).isEqualTo(1);
        assertThat(receipt.refusedRows()).isEqualTo(5);
        assertThat(receipt.refused().subList(2, 5))
                .containsExactly(
                        new Receipt.Refused(
                                "dollar",
                                "expected names that Pinecone takes in metadata, found '$in', which begins with $"),
                        new Receipt.Refused("list", "expected an object of JSON in column metadata, found '[1]'"),
                        new Receipt.Refused("none", "expected an object of JSON in column metadata, found '{'"));
        assertThat(receipt.refused().get(0))
                .isEqualTo(new Receipt.Refused(id.id(), "expected an id of at most 512 bytes for Pinecone, found 513"));
        assertThat(receipt.refused().get(1).reason())
                .startsWith("expected at most 40960 bytes of metadata and columns for Pinecone, found 41")
                .endsWith("; carry fewer columns");
        assertSame(readFiles(place(address)), List.of(fits));
    }

    @Test
    void tablesThatItCannotHoldAreRefused() {
        var store = open(address(name()));

        assertThatThrownBy(() -> store.prepare(TestRow.table(20_001)))
                .isInstanceOf(StoreException.class)
                .hasMessage("expected vectors of at most 20000 numbers for Pinecone, found 20001");
        var column = new CarriedColumn("$a", CarriedColumn.Type.UTF8);
        assertThatThrownBy(() -> store.prepare(new VectorTable("m", "", 8, Metric.COSINE, true, List.of(column))))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "expected columns whose names Pinecone takes in metadata, found '$a', which begins with $; give the"
                                + " column another name");
    }
}
