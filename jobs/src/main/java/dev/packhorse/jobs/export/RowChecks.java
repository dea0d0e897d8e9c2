package dev.packhorse.jobs.export;

import dev.packhorse.jobs.audit.Check;
import dev.packhorse.stores.contract.VectorTable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.functions;

/** What is looked at before anything is sent. */
final class RowChecks {

    private RowChecks() {}

    /** Whether each id is there once. */
    static Check ids(Dataset<Row> keys) {
        var repeated = keys
                .groupBy(VectorTable.ID)
                .count()
                .filter(functions.col("count").gt(1))
                .select(VectorTable.ID)
                .limit(Check.MOST_IDS)
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .sorted()
                .toList();
        return new Check(
                "duplicate ids",
                repeated.isEmpty(),
                repeated.isEmpty() ? "none" : "expected each id once, found some more than once",
                repeated);
    }

    /**
     * Whether all vectors have the dimension, and numbers alone.
     *
     * @param rows to send, with the columns of {@link VectorTable#schema} in order
     */
    static List<Check> vectors(Dataset<Row> rows, int dimension) {
        var wrong = rows.queryExecution()
                .toRdd()
                .toJavaRDD()
                .mapPartitions(new Looking(dimension))
                .collect();
        return List.of(
                check(
                        "dimension",
                        "expected vectors of %d numbers, found others".formatted(dimension),
                        wrong,
                        Wrong::lengths),
                check(
                        "finite values",
                        "expected numbers alone, found null, NaN or infinite ones",
                        wrong,
                        Wrong::numbers));
    }

    private static Check check(
            String name, String failed, List<Wrong> wrong, java.util.function.Function<Wrong, List<String>> of) {
        var ids = wrong.stream()
                .flatMap(one -> of.apply(one).stream())
                .sorted()
                .limit(Check.MOST_IDS)
                .toList();
        return new Check(name, ids.isEmpty(), ids.isEmpty() ? "all" : failed, ids);
    }

    /** Some ids of a partition's rows that fail, by what they fail for. */
    private record Wrong(List<String> lengths, List<String> numbers) implements Serializable {}

    private record Looking(int dimension) implements FlatMapFunction<Iterator<InternalRow>, Wrong> {

        @Override
        public Iterator<Wrong> call(Iterator<InternalRow> rows) {
            var lengths = new ArrayList<String>();
            var numbers = new ArrayList<String>();
            while (rows.hasNext()) {
                var row = rows.next();
                if (row.isNullAt(1) || row.getArray(1).numElements() != dimension) {
                    add(lengths, row);
                } else if (hasNull(row.getArray(1)) || !isFinite(row.getArray(1).toFloatArray())) {
                    add(numbers, row);
                }
            }
            return List.of(new Wrong(lengths, numbers)).iterator();
        }

        private static void add(List<String> ids, InternalRow row) {
            if (ids.size() < Check.MOST_IDS) {
                ids.add(row.getUTF8String(0).toString());
            }
        }

        private static boolean hasNull(ArrayData vector) {
            for (var i = 0; i < vector.numElements(); i++) {
                if (vector.isNullAt(i)) {
                    return true;
                }
            }
            return false;
        }

        /** What is not, is not once all is added up. */
        private static boolean isFinite(float[] vector) { // [d]
            var sum = 0.0;
            for (var number : vector) {
                sum += number;
            }
            return Double.isFinite(sum); // of floats no sum of less than 2^895 numbers overflows a double
        }
    }
}
