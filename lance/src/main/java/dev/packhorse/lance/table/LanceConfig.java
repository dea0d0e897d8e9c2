package dev.packhorse.lance.table;

import java.util.Map;
import org.lance.CommitBuilder;
import org.lance.Dataset;
import org.lance.Transaction;
import org.lance.operation.UpdateConfig;
import org.lance.operation.UpdateMap;

/** Names and texts that a table keeps beside its rows. */
final class LanceConfig {

    private LanceConfig() {}

    /**
     * Sets some of them, in one version of the table.
     *
     * @param schema what to say with the schema
     */
    static void set(LancePlace place, Dataset dataset, Map<String, String> entries, Map<String, String> schema) {
        var update = UpdateConfig.builder()
                .configUpdates(UpdateMap.builder().updates(entries).build())
                .schemaMetadataUpdates(UpdateMap.builder().updates(schema).build())
                .build();
        try (var transaction = new Transaction.Builder()
                .readVersion(dataset.version())
                .operation(update)
                .build()) {
            new CommitBuilder(dataset)
                    .writeParams(place.storage())
                    .execute(transaction)
                    .close();
        }
    }
}
