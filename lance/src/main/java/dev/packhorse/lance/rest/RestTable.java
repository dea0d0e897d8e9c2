package dev.packhorse.lance.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** What a server can be asked to do with a table. Thread-safe. */
final class RestTable {

    /** By it Lance finds out that two that write at a time have both inserted the same id, and lets one of them do it again. */
    private static final Map<String, String> KEY = Map.of("lance-schema:unenforced-primary-key", "true");

    private static final String WHAT_TO_DO = "see the server's log";

    private final RestPlace place;
    private final RestClient client;

    RestTable(RestPlace place) {
        this(place, new RestClient(place));
    }

    RestTable(RestPlace place, RestClient client) {
        this.place = place;
        this.client = client;
    }

    RestPlace place() {
        return place;
    }

    RestClient client() {
        return client;
    }

    /** Whether there is one. */
    boolean exists() {
        var answer = post("describe", RestAnswer.JSON.createObjectNode());
        if (answer.isMissing()) {
            return false;
        }
        check(answer, "what it knows of the table");
        return true;
    }

    /** Makes it, and the namespaces around it; nothing where another has made it meanwhile. */
    void create(VectorTable table, BufferAllocator allocator) {
        for (var depth = 1; depth < place.names().size(); depth++) {
            var answer = client.post(place.createNamespace(depth), RestClient.JSON, BodyPublishers.ofString("{}"));
            if (answer.status() != 400 && answer.status() != 409) { // it is there
                check(answer, "a namespace to be made");
            }
        }
        try (var empty = VectorSchemaRoot.create(withKey(table.schema()), allocator)) {
            empty.allocateNew();
            empty.setRowCount(0);
            var answer = client.post(place.table("create?mode=create"), RestClient.ARROW, stream(empty));
            if (!answer.isDone() && !exists()) {
                check(answer, "the table to be made");
            }
        }
    }

    private static Schema withKey(Schema schema) {
        var fields = new ArrayList<Field>(schema.getFields());
        var id = fields.get(0);
        fields.set(0, new Field(id.getName(), new FieldType(false, id.getType(), null, KEY), List.of()));
        return new Schema(fields, schema.getCustomMetadata());
    }

    private BodyPublisher stream(VectorSchemaRoot batch) {
        try {
            return ArrowBodies.stream(batch);
        } catch (IOException e) {
            throw new IllegalStateException(e); // it goes to memory
        }
    }

    /** Inserts the rows whose ids are not there, and replaces those that {@link Sql#differs differ}. */
    RestAnswer merge(BodyPublisher stream, VectorTable table) {
        return client.post(
                place.table(
                        "merge_insert?on=%s&when_matched_update_all=true&when_matched_update_all_filt=%s&when_not_matched_insert_all=true"
                                .formatted(VectorTable.ID, RestPlace.encode(Sql.differs(table)))),
                RestClient.ARROW,
                stream);
    }

    /** Deletes what a predicate finds; unknown to servers that lack it. */
    RestAnswer delete(String predicate) {
        return post("delete", RestAnswer.JSON.createObjectNode().put("predicate", predicate));
    }

    /**
     * The same by merging no rows, and deleting what a predicate finds that none of them is.
     *
     * @param predicate short enough to be part of an address
     */
    RestAnswer deleteByMerge(String predicate, VectorTable table, BufferAllocator allocator) {
        try (var empty = VectorSchemaRoot.create(table.schema(), allocator)) {
            empty.allocateNew();
            empty.setRowCount(0);
            return client.post(
                    place.table(
                            "merge_insert?on=%s&when_not_matched_insert_all=false&when_not_matched_by_source_delete=true&when_not_matched_by_source_delete_filt=%s"
                                    .formatted(VectorTable.ID, RestPlace.encode(predicate))),
                    RestClient.ARROW,
                    stream(empty));
        }
    }

    /**
     * Asks for rows.
     *
     * @param query as the specification has it
     * @param each sees the batches of the answer, at least one that may be empty
     */
    void query(ObjectNode query, BufferAllocator allocator, Consumer<VectorSchemaRoot> each) {
        var answer = post("query", query);
        check(answer, "rows");
        try {
            ArrowBodies.read(answer.body(), allocator, each);
        } catch (IOException e) {
            throw place.failure("rows as Arrow", e.getMessage(), WHAT_TO_DO);
        }
    }

    /** How many rows it has. */
    long rows() {
        var answer = client.get(place.table("count_rows")); // as servers have it
        if (answer.isUnknown()) {
            answer = post("count_rows", RestAnswer.JSON.createObjectNode()); // as the specification has it
        }
        check(answer, "how many rows there are");
        var json = json(answer);
        var count = json.isObject() ? json.path("count") : json;
        if (!count.canConvertToLong() || !count.isIntegralNumber()) {
            throw place.failure("how many rows there are", json.toString(), WHAT_TO_DO);
        }
        return count.asLong();
    }

    /** The version that it is in; empty where the server does not tell. */
    OptionalLong version() {
        var version = describe().path("version");
        return version.isIntegralNumber() ? OptionalLong.of(version.asLong()) : OptionalLong.empty();
    }

    /** What is said with its schema; empty where the server does not tell. */
    Map<String, String> metadata() {
        var entries = new HashMap<String, String>();
        for (var entry : describe().path("schema").path("metadata").properties()) {
            entries.put(entry.getKey(), entry.getValue().asText());
        }
        return entries;
    }

    /** Says with its schema these entries and no others; unknown to servers that cannot keep them. */
    RestAnswer setMetadata(Map<String, String> entries) {
        var request = RestAnswer.JSON.createObjectNode();
        var metadata = request.putObject("metadata");
        entries.forEach(metadata::put);
        return post("schema_metadata/update", request);
    }

    private JsonNode describe() {
        var answer = post(
                "describe?load_detailed_metadata=true",
                RestAnswer.JSON.createObjectNode().put("load_detailed_metadata", true));
        check(answer, "what it knows of the table");
        return json(answer);
    }

    /** Posts JSON to an action of the table. */
    RestAnswer post(String action, ObjectNode json) {
        return client.post(place.table(action), RestClient.JSON, BodyPublishers.ofString(json.toString()));
    }

    /** An answer's JSON. */
    JsonNode json(RestAnswer answer) {
        try {
            return answer.json();
        } catch (IOException e) {
            throw place.failure("JSON", answer.message(), "see that this is the address of a LanceDB server");
        }
    }

    /**
     * Lets good answers pass.
     *
     * @throws StoreException saying what was expected for all others
     */
    void check(RestAnswer answer, String expected) {
        if (!answer.isDone()) {
            throw place.failure(expected, answer.message(), WHAT_TO_DO);
        }
    }
}
