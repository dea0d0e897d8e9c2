package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.ExportMark;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is in a place, kept beside it: {@value #FILE}. What has a name of an export and is not in it was left by a run that was
 * killed, or by one before.
 *
 * @param kind of store
 * @param run that wrote it last
 * @param dimension of all vectors
 * @param rows in all files; of batches, in the last one
 * @param files names of files, or of folders of batches, the oldest first
 * @param mark its entries; none where no export has ended
 */
record Manifest(String kind, String run, int dimension, long rows, List<String> files, Map<String, String> mark) {

    static final String FILE = "_packhorse.json";

    Optional<ExportMark> exportMark() {
        return ExportMark.of(mark);
    }

    /** What is kept of the mark where files are no longer those of its version: whose they are. */
    Map<String, String> owner() {
        return exportMark()
                .map(known -> new ExportMark(known.source(), "", known.table(), 0).entries())
                .orElse(Map.of());
    }

    /** The same without any files, and without a version. */
    Manifest startedOver() {
        return new Manifest(kind, run, dimension, 0, List.of(), owner());
    }

    Manifest with(ExportMark another) {
        return new Manifest(kind, run, dimension, rows, files, another.entries());
    }
}
