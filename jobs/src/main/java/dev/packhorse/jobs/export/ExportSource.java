package dev.packhorse.jobs.export;

import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What is exported: rows as embed and reindex write them.
 *
 * @param place where the table or folder lies
 * @param state as readers see it now
 * @param older its states before, by version, where they are still there; empty where there are no versions
 */
record ExportSource(String place, State state, Optional<Function<String, Optional<State>>> older) {

    /**
     * The rows at one time.
     *
     * @param version its id; empty where there are no versions
     * @param model the model's name
     * @param revision the model's; empty where it is not known
     * @param fingerprint of the vectors
     * @param rows with a column {@link dev.packhorse.jobs.targets.Target#WRITTEN_AT}; the same however often they are read
     */
    record State(String version, String model, String revision, String fingerprint, Dataset<Row> rows) {}
}
