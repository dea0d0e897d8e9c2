package dev.packhorse.storetests;

import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.lance.Dataset;
import org.lance.ipc.ScanOptions;

/** Into a Lance table, read by Lance itself. */
class KilledLanceExportIT extends KilledExport {

    @Override
    String address(String name) {
        return "lance:" + path(name);
    }

    private Path path(String name) {
        return folder.resolve("lance").resolve(name + ".lance");
    }

    @Override
    Map<String, String> more() {
        return Map.of();
    }

    @Override
    List<TestRow> read(String address) throws Exception {
        var found = new ArrayList<TestRow>();
        try (var allocator = new RootAllocator();
                var dataset = Dataset.open()
                        .allocator(allocator)
                        .uri(address.substring("lance:".length()))
                        .build();
                var scanner = dataset.newScan(new ScanOptions.Builder()
                        .columns(List.of(VectorTable.ID, VectorTable.CONTENT_HASH, VectorTable.VECTOR))
                        .build());
                var batches = scanner.scanBatches()) {
            while (batches.loadNextBatch()) {
                var root = batches.getVectorSchemaRoot();
                var ids = (VarCharVector) root.getVector(VectorTable.ID);
                var hashes = (VarCharVector) root.getVector(VectorTable.CONTENT_HASH);
                var vectors = (FixedSizeListVector) root.getVector(VectorTable.VECTOR);
                var numbers = (Float4Vector) vectors.getDataVector();
                for (var i = 0; i < root.getRowCount(); i++) {
                    var vector = new float[vectors.getListSize()]; // [d]
                    for (var j = 0; j < vector.length; j++) {
                        vector[j] = numbers.get(i * vector.length + j);
                    }
                    found.add(new TestRow(
                            ids.getObject(i).toString(),
                            vector,
                            hashes.getObject(i).toString(),
                            List.of(),
                            "{}"));
                }
            }
        }
        return found;
    }

    /** Files that no version names are cleared by Lance's own clean-up, after a time in which others may still write them. */
    @Override
    List<String> leftOver(String address) {
        return List.of();
    }
}
