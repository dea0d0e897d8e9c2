package dev.packhorse.stores.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.TestRow;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;

class ParquetKindTest extends ColumnsKindContract {

    @Override
    protected StoreKind kind() {
        return new ParquetKind();
    }

    @Test
    void columnsAreThoseOfTheTableAndTheFooterSaysWhatTheyMean() throws IOException {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 5, random), List.of());
        var file = visible(place(address)).get(0);

        var footer = ParquetFiles.footer(file);

        assertThat(footer.getFileMetaData().getSchema()).isEqualTo(MessageTypeParser.parseMessageType("""
                        message embeddings {
                          required binary id (STRING);
                          required group vector (LIST) { repeated group list { optional float element; } }
                          required binary content_hash (STRING);
                          required binary model_id (STRING);
                          required binary model_version (STRING);
                          required int64 embedded_at (TIMESTAMP(MICROS,true));
                          optional binary title (STRING);
                          optional int64 year;
                          optional double price;
                          optional boolean fresh;
                          required binary metadata (STRING);
                        }
                        """));
        assertThat(footer.getFileMetaData().getKeyValueMetaData())
                .containsEntry("embedding.model", "tiny-bert")
                .containsEntry("embedding.dim", "8")
                .containsEntry("embedding.metric", "cosine")
                .containsEntry("embedding.schema_version", "1");
        assertThat(footer.getBlocks().get(0).getColumns())
                .allMatch(column -> column.getCodec() == CompressionCodecName.ZSTD);
        var row = ParquetFiles.rows(file).get(0);
        assertThat(row.getLong("embedded_at", 0)).isEqualTo(TestRow.EMBEDDED_AT);
        assertThat(row.getString("model_id", 0)).isEqualTo("tiny-bert");
        assertThat(row.getString("model_version", 0)).isEqualTo("fingerprint-1");
    }

    @Test
    void aFileThatIsNoParquetIsToldSo() throws IOException {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        write(store, "run1", TestRow.random("a", 5, random), List.of());
        var file = visible(place(address)).get(0);
        Files.writeString(file, "this is no Parquet file");

        try (var search = store.search(TestRow.TABLE).orElseThrow()) {
            assertThatThrownBy(search::rows)
                    .isInstanceOf(StoreException.class)
                    .hasMessageStartingWith("expected to read the files of %s, found: expected Parquet in %s, found: "
                            .formatted(place(address), file));
        }
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
}
