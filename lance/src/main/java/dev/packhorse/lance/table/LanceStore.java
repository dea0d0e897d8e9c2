package dev.packhorse.lance.table;

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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.lance.Dataset;
import org.lance.WriteParams;
import org.lance.cleanup.CleanupPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Lance table. Tasks write files of data that nobody sees; {@link #publish} commits them, and the old rows of the same ids
 * out, as one version of the table. Immutable.
 */
final class LanceStore implements Store {

    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(LanceStore.class);

    private final LancePlace place;
    private final IndexPlan plan;

    LanceStore(LancePlace place, IndexPlan plan) {
        this.place = place;
        this.plan = plan;
    }

    @Override
    public Contents prepare(VectorTable table) {
        try (var allocator = new RootAllocator();
                var dataset = openOrCreate(table, allocator)) {
            ColumnCheck.check(table, dataset.getSchema().getFields(), toString());
            var mark = ExportMark.of(dataset.getConfig());
            return new Contents(dataset.countRows() == 0, mark);
        } catch (Exception | LinkageError e) {
            throw place.failure("open it or make it", e);
        }
    }

    private Dataset openOrCreate(VectorTable table, BufferAllocator allocator) {
        var found = place.find(allocator);
        if (found.isPresent()) {
            return found.get();
        }
        return Dataset.write()
                .allocator(allocator)
                .uri(place.uri())
                .schema(table.schema())
                .mode(WriteParams.WriteMode.CREATE)
                .storageOptions(place.storage())
                .execute();
    }

    @Override
    public StoreWriter writer(VectorTable table, WriteTask task) {
        return new LanceWriter(place, table, task);
    }

    @Override
    public StoredRows stored(VectorTable table, int share, int shares) {
        return new LanceRows(place, share, shares);
    }

    @Override
    public void publish(VectorTable table, String run, List<Receipt> receipts) {
        var files = receipts.stream()
                .flatMap(receipt -> receipt.parts().stream())
                .map(NewFile::of)
                .toList();
        new LanceCommit(place, table, files).run();
        cleanUp(files);
    }

    /**
     * Ids to delete that are deleted now, and files that no version knows and that are older than a week, as Lance has it; versions
     * stay. What cannot be removed does no harm, and the rows are there.
     */
    private void cleanUp(List<NewFile> files) {
        try (var allocator = new RootAllocator();
                var dataset = place.open(allocator)) {
            files.stream().filter(NewFile::deletes).forEach(file -> place.remove(file.name()));
            dataset.cleanupWithPolicy(
                    CleanupPolicy.builder().withBeforeTimestampMillis(0).build());
        } catch (Exception e) {
            LOG.warn("{}", place.failure("clean up after runs that died", e).getMessage());
        }
    }

    @Override
    public void discard(VectorTable table, String run) {
        try (var allocator = new RootAllocator();
                var dataset = place.open(allocator)) {
            var committed = new HashSet<String>();
            for (var fragment : dataset.getFragments()) {
                fragment.metadata().getFiles().forEach(file -> committed.add(file.getPath()));
            }
            place.dataFiles(LanceWriter.prefix(run)).stream()
                    .filter(name -> !committed.contains(name))
                    .forEach(place::remove);
        } catch (Exception | LinkageError e) {
            // nobody sees these files, and Lance removes them when they are a week old
        }
    }

    @Override
    public void mark(VectorTable table, ExportMark mark) {
        try (var allocator = new RootAllocator();
                var dataset = place.open(allocator)) {
            LanceConfig.set(place, dataset, mark.entries(), table.schema().getCustomMetadata());
        } catch (Exception | LinkageError e) {
            throw place.failure("note in it what it is in step with", e);
        }
    }

    @Override
    public void index(VectorTable table) {
        try (var allocator = new RootAllocator();
                var dataset = place.open(allocator)) {
            new LanceIndex(place, plan, table, dataset).build();
        } catch (Exception | LinkageError e) {
            throw place.failure("index it", e);
        }
    }

    @Override
    public Optional<VectorSearch> search(VectorTable table) {
        return Optional.of(new LanceSearch(place, plan, table));
    }

    @Override
    public String toString() {
        return place.toString();
    }
}
