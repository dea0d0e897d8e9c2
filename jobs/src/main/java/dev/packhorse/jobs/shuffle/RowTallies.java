package dev.packhorse.jobs.shuffle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * How many rows each task has, and which, told by sums over their checks (see {@link RowKeys#check}): by them a result
 * that was embedded before is held against the source as it is now. Thread-safe: it has no state.
 */
public final class RowTallies {

    private RowTallies() {}

    /**
     * Some rows.
     *
     * @param rows of the source
     * @param allRows of the result
     * @param xor of their checks
     * @param sum of the upper halves of their checks, for equal rows cancel each other in the other one
     */
    public record Tally(long rows, long allRows, long xor, long sum) {

        private static final Tally NONE = new Tally(0, 0, 0, 0);

        private Tally plus(Tally other) {
            return new Tally(rows + other.rows, allRows + other.allRows, xor ^ other.xor, sum + other.sum);
        }

        private boolean isSameSource(Tally other) {
            return rows == other.rows && xor == other.xor && sum == other.sum;
        }
    }

    /**
     * Rows of tasks that are all there.
     *
     * @param targets of the tasks
     * @param files that hold them
     * @param tally of all of them
     */
    public record Complete(Set<Integer> targets, Set<String> files, Tally tally) {}

    /**
     * The tally of each task, by its target, of the source's rows. Runs a Spark job.
     *
     * @param target int32, of each row
     * @param check int64, of each row, as {@link RowKeys#check} makes it
     */
    public static Map<Integer, Tally> ofSource(Dataset<Row> rows, Column target, Column check) {
        var tallies = new HashMap<Integer, Tally>();
        var one = functions.lit(1);
        for (var row : aggregate(rows.select(target.as("target"), check.as("check"), one.as("first")), "target")) {
            tallies.put(row.getInt(0), tally(row, 1));
        }
        return tallies;
    }

    /**
     * Finds the tasks whose rows are all in a result, and no others. Runs a Spark job.
     *
     * @param result read from files
     * @param target int32, of each row
     * @param check int64, of each row
     * @param first whether a row of the result is the first one of its row of the source
     * @param source as {@link #ofSource} says
     */
    public static Complete complete(
            Dataset<Row> result, Column target, Column check, Column first, Map<Integer, Tally> source) {
        var rows = result.select(
                target.as("target"),
                functions.col("_metadata.file_name").as("file"),
                functions.when(first, check).as("check"),
                first.cast("int").as("first"));
        var files = new HashMap<Integer, List<String>>();
        var found = new HashMap<Integer, Tally>();
        for (var row : aggregate(rows, "target", "file")) {
            files.computeIfAbsent(row.getInt(0), key -> new ArrayList<>()).add(row.getString(1));
            found.merge(row.getInt(0), tally(row, 2), Tally::plus);
        }
        var targets = new HashSet<Integer>();
        var names = new HashSet<String>();
        var sum = Tally.NONE;
        for (var entry : found.entrySet()) {
            if (entry.getValue().isSameSource(source.getOrDefault(entry.getKey(), Tally.NONE))) {
                targets.add(entry.getKey());
                names.addAll(files.get(entry.getKey()));
                sum = sum.plus(entry.getValue());
            }
        }
        return new Complete(targets, names, sum);
    }

    private static List<Row> aggregate(Dataset<Row> rows, String... by) {
        var keys = new Column[by.length];
        for (var i = 0; i < by.length; i++) {
            keys[i] = functions.col(by[i]);
        }
        var check = functions.col("check");
        return rows.groupBy(keys)
                .agg(
                        functions.sum("first"),
                        functions.count(functions.lit(1)),
                        functions.bit_xor(check),
                        functions.sum(functions.shiftrightunsigned(check, 32)))
                .collectAsList();
    }

    private static Tally tally(Row row, int from) {
        return new Tally(row.getLong(from), row.getLong(from + 1), orZero(row, from + 2), orZero(row, from + 3));
    }

    private static long orZero(Row row, int i) {
        return row.isNullAt(i) ? 0 : row.getLong(i);
    }
}
