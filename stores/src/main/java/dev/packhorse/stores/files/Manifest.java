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

    Manifest with(ExportMark another) {
        return new Manifest(kind, run, dimension, rows, files, another.entries());
    }
}
