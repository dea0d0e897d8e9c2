package dev.packhorse.jobs.embed;

import dev.packhorse.jobs.output.OutputMode;
import java.util.List;

/**
 * Where the rows of one run go. A run has one for Parquet, {@link ParquetSink}, which is what is counted, and any number beside
 * it; a further one is a class, and a line in {@link SingleRun}.
 *
 * <p>The steps of a run, and what a sink may take for granted:
 *
 * <ol>
 *   <li>All rows are embedded and held in a staging folder, where they can be read as often as one likes; then they are brought
 *       to the output's precision.
 *   <li>{@link #write}: those beside Parquet one after the other, then Parquet.
 *   <li>Rows in = vectors + errors, counted in the Parquet files.
 *   <li>The manifest is written. Before that the rows are not there, whoever has them: where anything fails, it is {@link
 *       #discard}, of all sinks. Behind that they are there, whatever fails.
 *   <li>{@link #publish}: those beside Parquet one after the other, then Parquet, which deletes the files that mode overwrite
 *       replaces. Where one fails, the others are asked all the same, and then the job fails.
 * </ol>
 *
 * <p>A driver may die at any point, and nobody calls {@code discard} then. What comes after it:
 *
 * <ul>
 *   <li>A batch of a stream whose manifest is not there comes again with the id of the run, and a new {@code write}: it must
 *       replace what the first one left.
 *   <li>A job goes on with {@code --resume}, or begins anew, with another id: {@code OutputFolder.finish} deletes what {@code
 *       DeadRuns} finds of runs without a manifest; with {@code --resume} their ids are in {@code RunPlan.runs}. A sink that keeps
 *       rows elsewhere must have its own deleted there too.
 *   <li>A run whose manifest is there is at its end for {@link SingleRun}: it calls {@code OutputFolder.finish} and nothing of
 *       sinks, both for {@code --resume} and for a batch that comes again. A sink with something to do in {@code publish} must
 *       have it done again there, for the same id.
 * </ul>
 */
interface Sink {

    /** Opens the sinks that a run has beside Parquet. */
    interface Beside {

        /** A run with none. */
        Beside NOTHING = (runId, mode) -> List.of();

        /**
         * Opens them.
         *
         * @param runId the same for a batch of a stream that comes again
         * @param mode what becomes of rows that are there
         */
        List<Sink> open(String runId, OutputMode mode);
    }

    /**
     * Takes all rows of the run and keeps them so that {@link #publish} has nothing left to do that may well fail. May be called
     * again, on another sink, for a run that died: what that one left is replaced.
     *
     * @throws RuntimeException when it cannot; that ends the job, and nothing of the run stays
     */
    void write(FinishedRows rows);

    /**
     * Makes what was written the output, and lets go what it replaces. The manifest is there; may be called again for the same
     * run.
     */
    void publish();

    /** Leaves nothing of the run, whatever was written of it; may be called twice, and without {@link #write} before it. */
    void discard();
}
