package dev.packhorse.stores;

import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Receipt.Refused;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.StoredRows;
import dev.packhorse.stores.contract.StoredRows.Stored;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.rows.VectorRows;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Stores in this process, to look into: {@code memory:NAME}. Rows are there as soon as they are written. */
public final class MemoryStores implements StoreKind {

    public static final Option<String> COLOUR = Option.of("memory-colour", OptionType.text(), "Nothing, for tests.");

    private static final Map<String, Held> ALL = new ConcurrentHashMap<>();

    /** What a store has. All methods take its lock. */
    public static final class Held {

        public final Map<String, TestRow> rows = new TreeMap<>();
        public final List<String> written = new ArrayList<>();
        public final List<String> models = new ArrayList<>();
        public Optional<ExportMark> mark = Optional.empty();
        public Optional<VectorTable> table = Optional.empty();
        /** Fails a batch in which a row is that it holds for, after those before it. */
        public Predicate<String> failing = id -> false;
        /** Refuses rows for which it holds. */
        public Predicate<String> refusing = id -> false;

        public int discarded;
        public int indexed;
        public String secret = "";
    }

    /** A store's contents; made where there are none. */
    public static Held held(String name) {
        return ALL.computeIfAbsent(name, unused -> new Held());
    }

    @Override
    public String scheme() {
        return "memory";
    }

    @Override
    public String example() {
        return "memory:name";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(COLOUR);
    }

    @Override
    public List<IndexKind> indexes() {
        return List.of(IndexKind.NONE);
    }

    @Override
    public Set<String> secrets() {
        return Set.of("password");
    }

    @Override
    public Store open(StoreRequest request) {
        request.index(this);
        held(request.place()).secret = request.secrets().find("password").orElse("");
        return new MemoryStore(request.place());
    }

    private record MemoryStore(String name) implements Store {

        private Held held() {
            return MemoryStores.held(name);
        }

        @Override
        public Contents prepare(VectorTable table) {
            synchronized (held()) {
                held().table
                        .map(VectorTable::dimension)
                        .filter(found -> found != table.dimension())
                        .ifPresent(found -> {
                            throw new StoreException("%s: expected vectors of %d numbers, found %d"
                                    .formatted(this, table.dimension(), found));
                        });
                held().table = Optional.of(table);
                return new Contents(held().rows.isEmpty(), held().mark);
            }
        }

        @Override
        public StoreWriter writer(VectorTable table, WriteTask task) {
            return new Writer(this, table);
        }

        @Override
        public StoredRows stored(VectorTable table, int share, int shares) {
            synchronized (held()) {
                return StoredRows.of(held().rows.values().stream()
                        .filter(row -> Math.floorMod(row.id().hashCode(), shares) == share)
                        .map(row -> new Stored(row.id(), row.contentHash()))
                        .toList());
            }
        }

        @Override
        public void publish(VectorTable table, String run, List<Receipt> receipts) {}

        @Override
        public void discard(VectorTable table, String run) {
            held().discarded++;
        }

        @Override
        public void mark(VectorTable table, ExportMark mark) {
            synchronized (held()) {
                held().mark = Optional.of(mark);
            }
        }

        @Override
        public void index(VectorTable table) {
            held().indexed++;
        }

        @Override
        public Optional<VectorSearch> search(VectorTable table) {
            return Optional.of(new Search(this));
        }

        @Override
        public String toString() {
            return "memory:" + name;
        }
    }

    private record Search(MemoryStore store) implements VectorSearch {

        @Override
        public List<String> nearest(float[] vector, int k) {
            synchronized (store.held()) {
                return store.held().rows.values().stream()
                        .sorted(Comparator.comparingDouble(
                                (TestRow row) -> -TestRow.TABLE.metric().nearness(vector, row.vector())))
                        .limit(k)
                        .map(TestRow::id)
                        .toList();
            }
        }

        @Override
        public long rows() {
            return store.held().rows.size();
        }

        @Override
        public void close() {}
    }

    private static final class Writer implements StoreWriter {

        private final MemoryStore store;
        private final VectorTable table;
        private final List<Refused> refused = new ArrayList<>();
        private long written;
        private long deleted;

        Writer(MemoryStore store, VectorTable table) {
            this.store = store;
            this.table = table;
        }

        @Override
        public void write(VectorSchemaRoot batch) {
            var held = store.held();
            synchronized (held) {
                var rows = new VectorRows(table, batch);
                for (var i = 0; i < rows.count(); i++) {
                    var id = rows.id(i);
                    if (held.failing.test(id)) {
                        throw new StoreException(
                                "%s: expected to take row %s, found none willing".formatted(store, id));
                    }
                    if (held.refusing.test(id)) {
                        refused.add(new Refused(id, "not this one"));
                        continue;
                    }
                    held.rows.put(id, row(rows, i));
                    held.written.add(id);
                    held.models.add(rows.modelId(i) + " " + rows.modelVersion(i) + " " + rows.embeddedAt(i));
                    written++;
                }
            }
        }

        private TestRow row(VectorRows rows, int row) {
            var carried = new ArrayList<Optional<Object>>();
            for (var i = 0; i < table.carried().size(); i++) {
                carried.add(rows.carried(row, i));
            }
            return new TestRow(rows.id(row), rows.vector(row), rows.contentHash(row), carried, rows.metadata(row));
        }

        @Override
        public void delete(List<String> ids) {
            synchronized (store.held()) {
                ids.forEach(store.held().rows::remove);
                deleted += ids.size();
            }
        }

        @Override
        public Map<String, String> confirmed(Collection<String> ids) {
            synchronized (store.held()) {
                var confirmed = new HashMap<String, String>();
                ids.forEach(id -> Optional.ofNullable(store.held().rows.get(id))
                        .ifPresent(row -> confirmed.put(id, row.contentHash())));
                return confirmed;
            }
        }

        @Override
        public Receipt commit() {
            return new Receipt(
                    written,
                    deleted,
                    refused.stream().limit(Receipt.MOST_REFUSED).toList(),
                    refused.size(),
                    List.of());
        }

        @Override
        public void close() {}
    }
}
