package dev.packhorse.stores.chroma;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.http.HttpAnswer;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.HttpSession;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * A collection as the server describes it. Immutable.
 *
 * @param server where it is
 * @param id by which its records are reached
 * @param description all that the server says of it
 */
record ChromaCollection(ChromaServer server, String id, JsonNode description) {

    /** In its metadata, for the server knows a dimension only when there are rows. */
    private static final String DIMENSION = "packhorse_dimension";

    /** Beside it, for of one metric the space may be one or another. */
    private static final String METRIC = "packhorse_metric";

    /** The collection, where it is there. */
    static Optional<ChromaCollection> find(ChromaServer server, HttpSession session) {
        var answer = session.send(HttpCall.of("GET", server.collection()));
        if (answer.status() == 404) {
            return Optional.empty();
        }
        return Optional.of(read(server, answer));
    }

    /**
     * The same.
     *
     * @throws StoreException when there is none
     */
    static ChromaCollection get(ChromaServer server, HttpSession session) {
        return find(server, session)
                .orElseThrow(() -> new StoreException(
                        "%s: expected a collection, found none; has somebody removed it?".formatted(server)));
    }

    private static ChromaCollection read(ChromaServer server, HttpAnswer answer) {
        if (!answer.isFine()) {
            throw answer.refusal();
        }
        var description = answer.json();
        if (!description.path("id").isTextual()
                || !description.path("name").asText().equals(server.address().name())) {
            throw answer.nonsense("a collection of that name");
        }
        return new ChromaCollection(server, description.path("id").asText(), description);
    }

    /** Makes it, or gives that which somebody else has made meanwhile. */
    static ChromaCollection make(ChromaServer server, HttpSession session, VectorTable table) {
        var settings = server.settings();
        var wanted = JsonNodeFactory.instance.objectNode();
        wanted.put("name", server.address().name()).put("get_or_create", true);
        wanted.putObject("metadata")
                .put(DIMENSION, table.dimension())
                .put(METRIC, table.metric().id());
        wanted.putObject("configuration")
                .putObject("hnsw")
                .put("space", space(table))
                .put("max_neighbors", settings.m())
                .put("ef_construction", settings.efConstruction())
                .put("ef_search", settings.efSearch());
        var answer = session.send(HttpCall.of("POST", server.collections(), wanted.toString()));
        if (answer.status() == 404) {
            throw new StoreException(
                    "%s: expected tenant %s with database %s, found %s; make them, or give --chroma-tenant and --chroma-database"
                            .formatted(server, settings.tenant(), settings.database(), answer.says()));
        }
        return read(server, answer);
    }

    /**
     * Chroma's cosine space divides vectors by their length and gives back what it multiplies again, which is not always what it
     * was given. Of normalized vectors their dot product is the cosine, and leaves them alone.
     */
    static String space(VectorTable table) {
        return switch (table.metric()) {
            case COSINE -> table.normalized() ? "ip" : "cosine";
            case DOT -> "ip";
            case L2 -> "l2";
        };
    }

    /**
     * Holds it to the table.
     *
     * @throws StoreException when it has another dimension or finds neighbours otherwise
     */
    void check(VectorTable table) {
        var dimension = dimension();
        if (dimension.isPresent() && dimension.getAsInt() != table.dimension()) {
            throw new StoreException(
                    "%s: expected vectors of %d numbers, found %d; export to another collection, or with the model that this one is of"
                            .formatted(server, table.dimension(), dimension.getAsInt()));
        }
        var metric = metadata().path(METRIC).asText(table.metric().id());
        if (!metric.equals(table.metric().id())) {
            throw misfit(table.metric().id(), metric);
        }
        var space = description
                .path("configuration_json")
                .path("hnsw")
                .path("space")
                .asText("");
        var fits = space.isEmpty() // of clouds that have an index of another kind
                || space.equals(space(table))
                || (table.metric() == Metric.COSINE
                        && (space.equals("cosine")
                                || (metadata().has(METRIC) && space.equals("ip")))); // another sample of its rows
        if (!fits) {
            throw misfit(space(table), space);
        }
    }

    private StoreException misfit(String expected, String found) {
        return new StoreException("%s: expected neighbours by %s, found %s; give the --metric that the collection has"
                .formatted(server, expected, found));
    }

    /** Whether an export has made it. */
    private boolean isOurs() {
        return metadata().has(DIMENSION);
    }

    private OptionalInt dimension() {
        for (var said :
                new JsonNode[] {description.path("dimension"), metadata().path(DIMENSION)}) {
            if (said.isInt()) {
                return OptionalInt.of(said.asInt());
            }
        }
        return OptionalInt.empty();
    }

    private JsonNode metadata() {
        return description.path("metadata");
    }

    /** What its rows are in step with. */
    Optional<ExportMark> mark() {
        var entries = new TreeMap<String, String>();
        metadata()
                .properties()
                .forEach(entry -> entries.put(entry.getKey(), entry.getValue().asText()));
        return ExportMark.of(entries);
    }

    /** Its metadata with a mark of rows that the table is of, which the server takes as a whole. */
    ObjectNode with(VectorTable table, ExportMark mark) {
        var metadata = JsonNodeFactory.instance.objectNode();
        if (metadata() instanceof ObjectNode there) {
            metadata.setAll(there);
        }
        if (isOurs()) {
            metadata.put(METRIC, table.metric().id());
        }
        mark.entries().forEach(metadata::put);
        return metadata;
    }

    /** A path of its records, such as {@code /upsert}; empty for itself. */
    String path(String of) {
        return server.collections() + "/" + HttpCall.escape(id) + of;
    }
}
