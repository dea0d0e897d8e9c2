package dev.packhorse.stores.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import java.io.IOException;
import java.util.List;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;

/** The layout as Milvus's documentation and the source of its importer say it; no Milvus has read it. */
class MilvusKindTest extends ColumnsKindContract {

    @Override
    protected StoreKind kind() {
        return new MilvusKind();
    }

    @Test
    void columnsAreFieldsOfTypesThatItReads() throws IOException {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 5, random), List.of());
        var file = visible(place(address)).get(0);

        assertThat(ParquetFiles.footer(file).getFileMetaData().getSchema())
                .isEqualTo(MessageTypeParser.parseMessageType("""
                        message embeddings {
                          optional binary id (STRING);
                          optional group vector (LIST) { repeated group list { optional float element; } }
                          optional binary content_hash (STRING);
                          optional binary model_id (STRING);
                          optional binary model_version (STRING);
                          optional int64 embedded_at;
                          optional binary title (STRING);
                          optional int64 year;
                          optional double price;
                          optional boolean fresh;
                          optional binary metadata (STRING);
                        }
                        """));
        assertThat(ParquetFiles.rows(file).get(0).getLong("embedded_at", 0)).isEqualTo(TestRow.EMBEDDED_AT);
    }

    @Test
    void textsThatAreTooLongAreRefusedRowByRow() throws Exception {
        var address = address(name());
        var store = open(address);
        var fits = TestRow.random("x".repeat(65_535), "h", random).withNulls();
        var tooLong = TestRow.random("x".repeat(65_536), "h", random).withNulls();
        store.prepare(TestRow.TABLE);

        var receipts = write(store, "run1", List.of(fits, tooLong), List.of());

        assertThat(receipts.get(0).refused())
                .containsExactly(
                        new Receipt.Refused(tooLong.id(), "expected at most 65535 bytes in column id, found 65536"));
        assertThat(receipts.get(0).written()).isEqualTo(1);
        assertSame(readFiles(place(address)), List.of(fits));
    }

    @Test
    void tablesThatItCannotHoldAreRefused() {
        var store = open(address(name()));

        assertThatThrownBy(() -> store.prepare(TestRow.table(32_769)))
                .isInstanceOf(StoreException.class)
                .hasMessage("expected vectors of at most 32768 numbers for Milvus, found 32769");
        var column = new CarriedColumn("a-b", CarriedColumn.Type.UTF8);
        assertThatThrownBy(() -> store.prepare(new VectorTable("m", "", 8, Metric.COSINE, true, List.of(column))))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "expected columns whose names Milvus takes for fields (letters, digits and _, no digit first, at most"
                                + " 255), found 'a-b'; give the column another name");
    }
}
