package dev.packhorse.jobs.targets;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A table of embeddings of which readers see what was published last, and nothing of what is written meanwhile. Not
 * thread-safe: one run's, on its driver.
 */
public interface Target {

    /** The column of {@link #withTimes}. */
    String WRITTEN_AT = "packhorse_written_at";

    /** What readers see; nothing where nothing was published yet. Read when the target was opened. */
    Optional<Published> published();

    /** What readers saw once, where it has not been let go; the id is that of a version. */
    Optional<Published> at(String version);

    /** Rows of what readers see, each with when its vector was written, in a column {@value #WRITTEN_AT}. */
    Dataset<Row> withTimes(Published published);

    /**
     * Where a run writes what is to be published next: as it is now, to begin with.
     *
     * @param run tells candidates apart
     */
    Candidate candidate(String run);

    /** Deletes the candidates of runs that died; those of failed audits stay. For a run that is alone here. */
    void clearUnfinished();

    /**
     * Lets versions go, with the vectors that only they have; never the one that is published.
     *
     * @return how many went
     */
    int expire(Expiry expiry);

    /** What can be read and gone back to, the newest first. */
    List<Version> versions();

    /**
     * Makes an older version the one that readers see.
     *
     * @throws dev.packhorse.udf.options.OptionException when there is no such version
     */
    void rollBack(String version);

    /** A folder on a file system that Hadoop knows, for what a run holds until it publishes. */
    String workFolder();

    /** Where it lies: no two targets lie at one place, though they may have one name in two catalogs. */
    String location();

    /** As people call it. */
    @Override
    String toString();
}
