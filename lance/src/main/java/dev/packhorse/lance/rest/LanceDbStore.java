package dev.packhorse.lance.rest;

import dev.packhorse.lance.shape.ColumnCheck;
import dev.packhorse.lance.shape.IndexPlan;
import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.StoredRows;
import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.arrow.memory.RootAllocator;

/** A table of a LanceDB server. Each request of a task is there at once for all to see; rows are merged by id. Immutable. */
final class LanceDbStore implements Store {

    private static final long serialVersionUID = 1;

    private final RestPlace place;
    private final IndexPlan plan;

    LanceDbStore(RestPlace place, IndexPlan plan) {
        this.place = place;
        this.plan = plan;
    }

    @Override
    public Contents prepare(VectorTable table) {
        LanceDbIndex.check(plan, table, place);
        var server = new RestTable(place);
        try (var allocator = new RootAllocator()) {
            if (!server.exists()) {
                server.create(table, allocator);
            }
            var one = RestAnswer.JSON.createObjectNode().put("k", 1);
            one.putObject("vector");
            server.query(
                    one,
                    allocator,
                    batch -> ColumnCheck.check(table, batch.getSchema().getFields(), toString()));
        }
        var metadata = server.metadata();
        var mark = ExportMark.of(metadata);
        return new Contents(server.rows() == 0, mark, mark.isPresent() || keepsMetadata(server, metadata));
    }

    /** A table that export has made says its model; of one that says nothing the server does not tell, or it is not known to. */
    private static boolean keepsMetadata(RestTable server, Map<String, String> metadata) {
        return !metadata.isEmpty() && !server.setMetadata(metadata).isUnknown();
    }

    @Override
    public StoreWriter writer(VectorTable table, WriteTask task) {
        return new LanceDbWriter(new RestTable(place), table);
    }

    @Override
    public StoredRows stored(VectorTable table, int share, int shares) {
        return new LanceDbRows(place, share, shares);
    }

    @Override
    public void publish(VectorTable table, String run, List<Receipt> receipts) {
        // the server has confirmed each request
    }

    @Override
    public void discard(VectorTable table, String run) {
        // rows that were confirmed stay, and are found by the next run
    }

    @Override
    public void mark(VectorTable table, ExportMark mark) {
        var server = new RestTable(place);
        var entries = new TreeMap<>(server.metadata());
        entries.putAll(table.schema().getCustomMetadata());
        entries.putAll(mark.entries());
        var answer = server.setMetadata(entries);
        if (!answer.isUnknown()) { // else the next export looks at all rows
            server.check(answer, "a note of what it is in step with");
        }
    }

    @Override
    public void index(VectorTable table) {
        new LanceDbIndex(new RestTable(place), plan, table).build();
    }

    @Override
    public Optional<VectorSearch> search(VectorTable table) {
        return Optional.of(new LanceDbSearch(place, plan, table));
    }

    @Override
    public String toString() {
        return place.toString();
    }
}
