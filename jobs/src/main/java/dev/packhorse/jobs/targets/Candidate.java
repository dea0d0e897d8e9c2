package dev.packhorse.jobs.targets;

import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a run is about to publish. Not thread-safe: one run's, on its driver. */
public interface Candidate {

    /**
     * Changes some rows, and touches no other.
     *
     * @param marks see {@link Marks}
     */
    void merge(Changes changes, Map<String, String> marks);

    /** Puts rows in place of all that are there. */
    void replace(Dataset<Row> rows, Map<String, String> marks);

    /** As readers would see them. */
    Dataset<Row> rows();

    /**
     * Makes it what readers see, at once and as a whole.
     *
     * @return the version's id
     * @throws dev.packhorse.jobs.outcome.JobException when another run has published since the target was opened; nothing is
     *     published then
     */
    String publish();

    /**
     * Keeps it for people to look at, until a later run publishes.
     *
     * @return how it is read
     */
    String leave();

    /** Leaves nothing of it; may be called twice. */
    void discard();
}
