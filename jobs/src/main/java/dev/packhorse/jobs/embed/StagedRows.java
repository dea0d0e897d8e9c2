package dev.packhorse.jobs.embed;

import dev.packhorse.jobs.output.RunPlan;
import dev.packhorse.jobs.output.Staging;
import dev.packhorse.jobs.report.Progress;
import dev.packhorse.jobs.report.RunMonitor;
import dev.packhorse.jobs.report.TakenOver;
import dev.packhorse.jobs.shuffle.RowTallies;
import dev.packhorse.jobs.shuffle.RowTallies.Tally;
import dev.packhorse.jobs.shuffle.ShufflePlan;
import dev.packhorse.jobs.source.Source;
import dev.packhorse.udf.Embedding;
import dev.packhorse.udf.rows.OutputColumns;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Embeds a source's rows into a staging folder, task by task; those of tasks that an earlier run left there complete are
 * not embedded again.
 */
record StagedRows(
        SparkSession spark,
        Staging staging,
        RowShuffle shuffle,
        Source source,
        Embedding embedding,
        RunMonitor monitor,
        PrintStream out) {

    /**
     * How it begins.
     *
     * @param taken the plan of the run that is gone on with; empty for a new one
     * @param run the id of this run
     * @param job told from other jobs by this
     * @param deciding what decides rows and vectors
     */
    record Start(Optional<RunPlan> taken, String run, String job, Map<String, String> deciding) {}

    /**
     * Rows that wait.
     *
     * @param marked in the columns of the result, and {@link RowShuffle#TARGET} and {@link RowShuffle#CHECK}
     * @param taken how many of them an earlier run had made
     */
    record Held(Dataset<Row> marked, TakenOver taken) {

        /** In the columns of the result. */
        Dataset<Row> rows() {
            return HeldTexts.result(marked);
        }
    }

    /** What is to be embedded. */
    private record Rest(ShufflePlan plan, Dataset<Row> marked, OptionalLong rows, TakenOver taken) {}

    /** Embeds what is not there. */
    Held embed(Start start) {
        var rest = start.taken().map(this::rest).orElseGet(() -> all(start));
        try (var progress = Progress.start(monitor, rest.rows(), out)) {
            staging.hold(shuffle.embed(embedding, rest.marked(), rest.plan()));
        }
        return new Held(staging.rows(schema()), rest.taken());
    }

    private Rest all(Start start) {
        var planned = shuffle.plan(source, TaskSlots.wantedTasks(spark));
        var plan = planned.plan();
        staging.save(new RunPlan(
                List.of(start.run()), start.job(), start.deciding(), plan.partitions(), plan.partitionOf()));
        return new Rest(plan, shuffle.marked(source, plan), planned.rows(), TakenOver.NOTHING);
    }

    /** Rows of the tasks that are not there as the source has them now. */
    private Rest rest(RunPlan taken) {
        var plan = new ShufflePlan(taken.partitions(), taken.partitionOf());
        var marked = shuffle.marked(source, plan);
        var target = functions.col(RowShuffle.TARGET);
        var check = functions.col(RowShuffle.CHECK);
        var tallies = RowTallies.ofSource(marked, target, check);
        var complete = RowTallies.complete(staging.kept(schema()), target, check, first(), tallies);
        staging.keepOnly(complete.files());
        var tally = complete.tally();
        var rows = tallies.values().stream().mapToLong(Tally::rows).sum();
        return new Rest(
                plan,
                marked.filter(isNotAmong(complete.targets(), target)),
                OptionalLong.of(rows - tally.rows()),
                new TakenOver(tally.rows(), tally.allRows() - tally.rows()));
    }

    private static Column isNotAmong(Set<Integer> targets, Column target) {
        // not a list in the query itself, which Spark would write into its logs
        return functions
                .udf((UDF1<Integer, Boolean>) found -> !targets.contains(found), DataTypes.BooleanType)
                .apply(target);
    }

    /** Whether a row of the result is the only one, or the first, of its row of the source. */
    private Column first() {
        return shuffle.longTexts().chunkRows()
                ? functions.col(OutputColumns.CHUNK).equalTo(0)
                : functions.lit(true);
    }

    private StructType schema() {
        return embedding.outputSchema(shuffle.marked(source, ShufflePlan.even(1)));
    }
}
