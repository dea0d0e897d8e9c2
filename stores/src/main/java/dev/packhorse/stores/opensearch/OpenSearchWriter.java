package dev.packhorse.stores.opensearch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.http.BatchSink;
import dev.packhorse.stores.http.HttpAnswer;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.HttpSession;
import dev.packhorse.stores.rows.VectorRows;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Writes rows as documents, whose {@code _id} is the row's id. Not thread-safe. */
final class OpenSearchWriter implements StoreWriter {

    /** Of {@code _id}. */
    private static final int LONGEST_ID = 512; // bytes

    /** What a server takes that does not tell. */
    private static final long MOST_BYTES = 100L << 20;

    private static final int ASKED_AT_ONCE = 1000;

    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final VectorTable table;
    private final OpenSearchSettings settings;
    private final OpenSearchServer server;
    private final HttpSession session;
    private final BatchSink rows;
    private final BatchSink deletes;

    /** @param session closed with this one */
    OpenSearchWriter(VectorTable table, OpenSearchSettings settings, OpenSearchServer server, HttpSession session) {
        this.table = table;
        this.settings = settings;
        this.server = server;
        this.session = session;
        var most = mostBytes(session);
        this.rows = new BatchSink(session, new BulkProtocol(server, BulkProtocol.INDEX, settings.batchRows(), most));
        this.deletes =
                new BatchSink(session, new BulkProtocol(server, BulkProtocol.DELETE, settings.batchRows(), most));
    }

    /** What the strictest node takes, where we may know: some services do not let everybody look at nodes. */
    private static long mostBytes(HttpSession session) {
        var answer =
                session.send(HttpCall.of("GET", "/_nodes/http?filter_path=nodes.*.http.max_content_length_in_bytes"));
        if (!answer.isFine()) {
            return MOST_BYTES;
        }
        var most = MOST_BYTES;
        for (var node : answer.json().path("nodes")) {
            most = Math.min(
                    most, node.path("http").path("max_content_length_in_bytes").asLong(MOST_BYTES));
        }
        return most;
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
                rows.add(id, parts -> encode(parts[0], from, place, id));
            }
        }
        rows.flush();
    }

    private Optional<String> refusal(VectorRows from, int row, String id) {
        var bytes = id.getBytes(UTF_8).length;
        if (bytes == 0 || bytes > LONGEST_ID) {
            return Optional.of("an id of %d bytes; OpenSearch takes from 1 to %d".formatted(bytes, LONGEST_ID));
        }
        var square = 0.0;
        for (var i = 0; i < table.dimension(); i++) {
            var number = (double) from.number(row, i);
            square += number * number;
        }
        if (!Double.isFinite(square)) {
            return Optional.of("a vector with a number that is not finite");
        }
        if (square == 0 && table.metric() == Metric.COSINE && settings.index() == IndexKind.NONE) {
            return Optional.of("a vector of zeros, which has no cosine"); // with a graph the server says so
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

    private void encode(JsonGenerator json, VectorRows from, int row, String id) throws IOException {
        action(json, BulkProtocol.INDEX, id);
        json.writeStartObject();
        json.writeStringField(VectorTable.ID, id);
        json.writeArrayFieldStart(VectorTable.VECTOR);
        for (var i = 0; i < table.dimension(); i++) {
            json.writeNumber(from.number(row, i));
        }
        json.writeEndArray();
        json.writeStringField(VectorTable.CONTENT_HASH, from.contentHash(row));
        json.writeStringField(VectorTable.MODEL_ID, from.modelId(row));
        json.writeStringField(VectorTable.MODEL_VERSION, from.modelVersion(row));
        json.writeStringField(
                VectorTable.EMBEDDED_AT,
                MICROSECONDS.format(Instant.EPOCH.plus(from.embeddedAt(row), ChronoUnit.MICROS)));
        for (var i = 0; i < table.carried().size(); i++) {
            var value = from.carried(row, i);
            if (value.isPresent()) {
                json.writeFieldName(table.carried().get(i).name());
                carried(json, table.carried().get(i).type(), value.get());
            }
        }
        json.writeStringField(VectorTable.METADATA, from.metadata(row));
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private static void carried(JsonGenerator json, CarriedColumn.Type type, Object value) throws IOException {
        switch (type) {
            case UTF8 -> json.writeString((String) value);
            case INT64 -> json.writeNumber((long) value);
            case DOUBLE -> json.writeNumber((double) value);
            case BOOL -> json.writeBoolean((boolean) value);
        }
    }

    private static void action(JsonGenerator json, String action, String id) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart(action);
        json.writeStringField("_id", id);
        json.writeEndObject();
        json.writeEndObject();
        json.writeRaw('\n');
    }

    @Override
    public void delete(List<String> ids) {
        for (var id : ids) {
            var bytes = id.getBytes(UTF_8).length;
            if (bytes > 0 && bytes <= LONGEST_ID) { // no other was ever taken
                deletes.add(id, parts -> action(parts[0], BulkProtocol.DELETE, id));
            }
        }
        deletes.flush();
    }

    @Override
    public Map<String, String> confirmed(Collection<String> ids) {
        var asked = ids.stream()
                .filter(id -> !id.isEmpty() && id.getBytes(UTF_8).length <= LONGEST_ID)
                .toList();
        var confirmed = new HashMap<String, String>();
        for (var from = 0; from < asked.size(); from += ASKED_AT_ONCE) {
            confirm(new ArrayList<>(asked.subList(from, Math.min(asked.size(), from + ASKED_AT_ONCE))), confirmed);
        }
        return confirmed;
    }

    private void confirm(List<String> ids, Map<String, String> into) {
        var question = JsonNodeFactory.instance.objectNode();
        ids.forEach(question.putArray("ids")::add);
        var answer = session.demand(HttpCall.of(
                "POST", server.path("/_mget?_source_includes=" + VectorTable.CONTENT_HASH), question.toString()));
        var documents = answer.json().path("docs");
        if (!documents.isArray() || documents.size() != ids.size()) {
            throw answer.nonsense("%d documents".formatted(ids.size()));
        }
        for (var document : documents) {
            if (document.has("error")) {
                throw new StoreException("%s: expected id %s, found %s"
                        .formatted(
                                answer.of(),
                                document.path("_id").asText(),
                                answer.secrets().redact(HttpAnswer.reason(document))));
            }
            var hash = document.path("_source").path(VectorTable.CONTENT_HASH);
            if (document.path("found").asBoolean() && hash.isTextual()) {
                into.put(document.path("_id").asText(), hash.asText());
            }
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
