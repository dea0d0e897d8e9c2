package dev.packhorse.stores.chroma;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.http.BatchSink;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.HttpSession;
import dev.packhorse.stores.rows.VectorRows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Writes rows as records. Not thread-safe. */
final class ChromaWriter implements StoreWriter {

    private static final int ASKED_AT_ONCE = 1000;

    private final VectorTable table;
    private final ChromaCollection collection;
    private final HttpSession session;
    private final boolean base64;
    private final ByteBuffer numbers; // [d], little-endian
    private final BatchSink rows;
    private final BatchSink deletes;
    private final int askedAtOnce;

    /** @param session closed with this one */
    ChromaWriter(VectorTable table, ChromaSettings settings, ChromaCollection collection, HttpSession session) {
        this.table = table;
        this.collection = collection;
        this.session = session;
        var told = session.demand(HttpCall.of("GET", ChromaServer.API + "/pre-flight-checks"));
        var most = told.json().path("max_batch_size");
        if (!most.isInt() || most.asInt() < 1) {
            throw told.nonsense("how many rows a request may have");
        }
        this.base64 = told.json().path("supports_base64_encoding").asBoolean();
        this.numbers = ByteBuffer.allocate(table.dimension() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        var mostRows = Math.min(settings.batchRows(), most.asInt());
        this.askedAtOnce = Math.min(ASKED_AT_ONCE, most.asInt());
        this.rows = new BatchSink(session, RecordProtocol.upserts(collection, mostRows));
        this.deletes = new BatchSink(session, RecordProtocol.deletes(collection, mostRows));
    }

    @Override
    public void write(VectorSchemaRoot batch) {
        var from = new VectorRows(table, batch);
        for (var row = 0; row < from.count(); row++) {
            var id = from.id(row);
            var refusal = refusal(from, row, id);
            if (refusal.isPresent()) {
                rows.refuse(id, refusal.get());
            } else {
                var place = row;
                rows.add(id, parts -> encode(parts, from, place, id));
            }
        }
        rows.flush();
    }

    private Optional<String> refusal(VectorRows from, int row, String id) {
        if (id.isEmpty()) {
            return Optional.of("an empty id");
        }
        for (var i = 0; i < table.dimension(); i++) {
            if (!Float.isFinite(from.number(row, i))) {
                return Optional.of("a vector with a number that is not finite");
            }
        }
        for (var i = 0; i < table.carried().size(); i++) {
            if (table.carried().get(i).type() == CarriedColumn.Type.DOUBLE
                    && from.carried(row, i)
                            .filter(value -> !Double.isFinite((Double) value))
                            .isPresent()) {
                return Optional.of("column %s has a number that is not finite"
                        .formatted(table.carried().get(i).name()));
            }
        }
        return Optional.empty();
    }

    private void encode(JsonGenerator[] parts, VectorRows from, int row, String id) throws IOException {
        parts[0].writeString(id);
        vector(parts[1], from, row);
        var json = parts[2];
        json.writeStartObject();
        json.writeStringField(VectorTable.CONTENT_HASH, from.contentHash(row));
        json.writeStringField(VectorTable.MODEL_ID, from.modelId(row));
        json.writeStringField(VectorTable.MODEL_VERSION, from.modelVersion(row));
        json.writeNumberField(VectorTable.EMBEDDED_AT, from.embeddedAt(row));
        for (var i = 0; i < table.carried().size(); i++) {
            json.writeFieldName(table.carried().get(i).name());
            var value = from.carried(row, i);
            if (value.isPresent()) {
                carried(json, table.carried().get(i).type(), value.get());
            } else {
                json.writeNull(); // what was there would stay otherwise: metadata is merged
            }
        }
        json.writeStringField(VectorTable.METADATA, from.metadata(row));
        json.writeEndObject();
    }

    private void vector(JsonGenerator json, VectorRows from, int row) throws IOException {
        if (base64) {
            numbers.clear();
            for (var i = 0; i < table.dimension(); i++) {
                numbers.putFloat(from.number(row, i));
            }
            json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, numbers.array(), 0, numbers.position());
            return;
        }
        json.writeStartArray();
        for (var i = 0; i < table.dimension(); i++) {
            json.writeNumber(from.number(row, i));
        }
        json.writeEndArray();
    }

    private static void carried(JsonGenerator json, CarriedColumn.Type type, Object value) throws IOException {
        switch (type) {
            case UTF8 -> json.writeString((String) value);
            case INT64 -> json.writeNumber((long) value);
            case DOUBLE -> json.writeNumber((double) value);
            case BOOL -> json.writeBoolean((boolean) value);
        }
    }

    @Override
    public void delete(List<String> ids) {
        for (var id : ids) {
            if (!id.isEmpty()) { // none was ever taken
                deletes.add(id, parts -> parts[0].writeString(id));
            }
        }
        deletes.flush();
    }

    @Override
    public Map<String, String> confirmed(Collection<String> ids) {
        var asked = ids.stream().filter(id -> !id.isEmpty()).toList();
        var confirmed = new HashMap<String, String>();
        for (var from = 0; from < asked.size(); from += askedAtOnce) {
            confirm(asked.subList(from, Math.min(asked.size(), from + askedAtOnce)), confirmed);
        }
        return confirmed;
    }

    private void confirm(List<String> ids, Map<String, String> into) {
        var question = JsonNodeFactory.instance.objectNode();
        ids.forEach(question.putArray("ids")::add);
        question.putArray("include").add("metadatas");
        for (var record : ChromaRows.records(session, collection, question)) {
            into.put(record.id(), record.contentHash());
        }
    }

    @Override
    public Receipt commit() {
        rows.flush();
        deletes.flush();
        return new Receipt(rows.taken(), deletes.taken(), rows.refused(), rows.refusedRows(), List.of());
    }

    @Override
    public void close() {
        session.close();
    }
}
