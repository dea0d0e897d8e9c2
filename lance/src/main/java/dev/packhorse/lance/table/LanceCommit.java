package dev.packhorse.lance.table;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.VectorTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.lance.CommitBuilder;
import org.lance.Dataset;
import org.lance.Fragment;
import org.lance.FragmentMetadata;
import org.lance.Transaction;
import org.lance.fragment.DataFile;
import org.lance.operation.Update;

/**
 * Commits what tasks have written in one version of the table: the new files, and the old rows of the same ids out. Where
 * others commit in between it looks again, so that no id is left twice; committing the same files again does nothing.
 */
final class LanceCommit {

    /** Others may commit so often in between. */
    private static final int MOST_ATTEMPTS = 10;

    private final LancePlace place;
    private final VectorTable table;
    private final List<NewFile> files;

    LanceCommit(LancePlace place, VectorTable table, List<NewFile> files) {
        this.place = place;
        this.table = table;
        this.files = files;
    }

    void run() {
        if (files.isEmpty()) {
            return;
        }
        try (var allocator = new RootAllocator()) {
            for (var attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
                if (isCommitted(allocator)) {
                    return;
                }
            }
        }
        throw new StoreException(
                "%s: expected to commit within %d attempts, found that others committed each time; run the export when they do less"
                        .formatted(place, MOST_ATTEMPTS));
    }

    /** Tries once; whether nothing is left to do. */
    private boolean isCommitted(BufferAllocator allocator) {
        try (var dataset = place.open(allocator)) {
            var fragments = dataset.getFragments();
            var mine = files.stream().map(NewFile::name).collect(Collectors.toSet());
            var there = new HashSet<String>();
            var others = new ArrayList<Integer>();
            for (var fragment : fragments) {
                var names = names(fragment);
                if (names.stream().anyMatch(mine::contains)) {
                    there.addAll(names);
                } else {
                    others.add(fragment.getId());
                }
            }
            var added = files.stream()
                    .filter(file -> !file.deletes() && !there.contains(file.name()))
                    .map(file -> LanceColumns.fragment(table, dataset, file))
                    .toList();
            var rows = files.stream().mapToLong(NewFile::rows).sum();
            var old = new OldRows(place, allocator, dataset, others, OldRows.idsAtATime(rows)).find(files);
            return (added.isEmpty() && old.isEmpty()) || commit(dataset, added, old);
        } catch (Exception | LinkageError e) {
            throw place.failure("commit what the tasks wrote", e);
        }
    }

    private static Set<String> names(Fragment fragment) {
        return fragment.metadata().getFiles().stream().map(DataFile::getPath).collect(Collectors.toSet());
    }

    /** Whether it was committed and nobody else did in between. */
    private boolean commit(Dataset dataset, List<FragmentMetadata> added, Map<Integer, BitSet> old) throws Exception {
        var updated = new ArrayList<FragmentMetadata>();
        var emptied = new ArrayList<Long>();
        for (var fragment : old.entrySet()) {
            var rows = fragment.getValue().stream().boxed().toList();
            var left = dataset.getFragment(fragment.getKey()).deleteRows(rows);
            if (left == null) {
                emptied.add((long) fragment.getKey());
            } else {
                updated.add(left);
            }
        }
        var update = Update.builder()
                .newFragments(added)
                .updatedFragments(updated)
                .removedFragmentIds(emptied)
                .build();
        var read = dataset.version();
        try (var transaction = new Transaction.Builder()
                        .readVersion(read)
                        .operation(update)
                        .build();
                var committed =
                        new CommitBuilder(dataset).writeParams(place.storage()).execute(transaction)) {
            return committed.version() == read + 1;
        } catch (Exception e) {
            if (dataset.latestVersion() > read) {
                return false; // others changed what this commit builds on
            }
            throw e;
        }
    }
}
