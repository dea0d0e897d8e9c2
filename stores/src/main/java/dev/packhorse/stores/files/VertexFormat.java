package dev.packhorse.stores.files;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.ExactSearch.Seen;
import dev.packhorse.stores.rows.VectorRows;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.hadoop.fs.FSDataOutputStream;

/**
 * Lines of JSON for Vertex AI Vector Search (https://cloud.google.com/vertex-ai/docs/vector-search/setup/format-structure,
 * https://cloud.google.com/vertex-ai/docs/vector-search/filtering): columns of texts and of true and false become {@code restricts},
 * those of numbers {@code numeric_restricts}, all else {@code embedding_metadata}.
 *
 * @param plain columns carried along that become metadata too, for nobody filters by them
 */
record VertexFormat(List<String> plain) implements FileFormat {

    private static final String EMBEDDING = "embedding";

    @Override
    public String suffix() {
        return ".json";
    }

    @Override
    public void check(VectorTable table) {
        var names = table.carried().stream().map(CarriedColumn::name).toList();
        for (var name : plain) {
            if (!names.contains(name)) {
                throw new StoreException("%s %s: expected one of the columns carried along, %s, found another"
                        .formatted(FileOptions.VERTEX_METADATA.flag(), name, names));
            }
        }
    }

    @Override
    public Writer open(VectorTable table, FSDataOutputStream out) throws IOException {
        return new Lines(
                table, plain, RowJson.MAPPER.createGenerator((OutputStream) out).setRootValueSeparator(null));
    }

    @Override
    public void read(VectorTable table, Folder file, Seen seen) throws IOException {
        try (var in = file.files().open(file.path());
                var json = RowJson.MAPPER.createParser((InputStream) in)) {
            while (json.nextToken() == JsonToken.START_OBJECT) {
                readRow(json, new float[table.dimension()], seen);
            }
        }
    }

    private static void readRow(JsonParser json, float[] vector, Seen seen) throws IOException {
        var id = "";
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var name = json.currentName();
            json.nextToken();
            if (name.equals(VectorTable.ID)) {
                id = json.getText();
            } else if (name.equals(EMBEDDING)) {
                for (var i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
                    vector[i] = json.getFloatValue();
                }
            } else {
                json.skipChildren();
            }
        }
        seen.row(id, vector);
    }

    private static final class Lines implements Writer {

        private final VectorTable table;
        private final List<String> plain;
        private final JsonGenerator json;

        Lines(VectorTable table, List<String> plain, JsonGenerator json) {
            this.table = table;
            this.plain = plain;
            this.json = json;
        }

        @Override
        public long write(VectorSchemaRoot batch, Refusals refusals) throws IOException {
            var rows = new VectorRows(table, batch);
            var written = 0L;
            for (var row = 0; row < rows.count(); row++) {
                try {
                    write(rows, row);
                    written++;
                } catch (RowRefused e) {
                    refusals.add(rows.id(row), e.getMessage());
                }
            }
            return written;
        }

        /** Looks for what it would refuse before it writes anything. */
        private void write(VectorRows rows, int row) throws IOException, RowRefused {
            var metadata = RowJson.MAPPER.createObjectNode();
            RowJson.addOrigin(metadata, rows, row);
            metadata.set(VectorTable.METADATA, RowJson.metadata(rows, row));
            for (var i = 0; i < table.carried().size(); i++) {
                if (isPlain(i)) {
                    RowJson.addCarried(metadata, table, rows, row, i);
                }
            }
            for (var i = 0; i < table.dimension(); i++) {
                if (!Float.isFinite(rows.number(row, i))) {
                    throw new RowRefused(
                            "expected numbers that JSON has, found %s at place %d".formatted(rows.number(row, i), i));
                }
            }

            json.writeStartObject();
            json.writeStringField(VectorTable.ID, rows.id(row));
            json.writeArrayFieldStart(EMBEDDING);
            for (var i = 0; i < table.dimension(); i++) {
                json.writeNumber(rows.number(row, i));
            }
            json.writeEndArray();
            writeTokens(rows, row);
            writeNumbers(rows, row);
            json.writeFieldName("embedding_metadata");
            json.writeTree(metadata);
            json.writeEndObject();
            json.writeRaw('\n');
        }

        private boolean isPlain(int place) {
            return plain.contains(table.carried().get(place).name());
        }

        private void writeTokens(VectorRows rows, int row) throws IOException {
            json.writeArrayFieldStart("restricts");
            for (var i = 0; i < table.carried().size(); i++) {
                var value = rows.carried(row, i);
                if (value.isPresent() && !isPlain(i) && !isNumber(i)) {
                    json.writeStartObject();
                    json.writeStringField("namespace", table.carried().get(i).name());
                    json.writeArrayFieldStart("allow");
                    json.writeString(value.get().toString());
                    json.writeEndArray();
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
        }

        private void writeNumbers(VectorRows rows, int row) throws IOException {
            json.writeArrayFieldStart("numeric_restricts");
            for (var i = 0; i < table.carried().size(); i++) {
                var value = rows.carried(row, i);
                if (value.isPresent() && !isPlain(i) && isNumber(i)) {
                    json.writeStartObject();
                    json.writeStringField("namespace", table.carried().get(i).name());
                    if (value.get() instanceof Long whole) {
                        json.writeNumberField("value_int", whole);
                    } else {
                        json.writeNumberField("value_double", (Double) value.get());
                    }
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
        }

        private boolean isNumber(int place) {
            return switch (table.carried().get(place).type()) {
                case UTF8, BOOL -> false;
                case INT64, DOUBLE -> true;
            };
        }

        @Override
        public void finish() throws IOException {
            json.close();
        }
    }
}
