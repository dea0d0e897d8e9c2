package dev.packhorse.udf.rows;

import dev.packhorse.engine.output.OutputPrecision;
import dev.packhorse.engine.output.RangeFinder;
import dev.packhorse.engine.output.Ranges;
import dev.packhorse.engine.output.VectorQuantizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Results with vectors of other numbers than float32, as bytes. Rows without a vector stay as they are. Thread-safe. */
public final class OutputVectors {

    private OutputVectors() {}

    /** The schema of a result in a precision. */
    public static StructType schema(StructType result, OutputPrecision precision) {
        if (!precision.isBytes()) {
            return result;
        }
        return new StructType(Arrays.stream(result.fields())
                .map(field -> field.name().equals(OutputColumns.EMBEDDING)
                        ? new StructField(field.name(), DataTypes.BinaryType, true, field.metadata())
                        : field)
                .toArray(StructField[]::new));
    }

    /**
     * Quantizes the vectors of a result, when its rows are asked for; a vector of another length than the quantizer's ends
     * the query in an IllegalArgumentException.
     *
     * @param result with vectors of float32
     * @param schema of what comes out, as {@link #schema} says
     */
    public static Dataset<Row> quantized(Dataset<Row> result, VectorQuantizer quantizer, StructType schema) {
        var column = schema.fieldIndex(OutputColumns.EMBEDDING);
        return result.mapPartitions(
                (MapPartitionsFunction<Row, Row>)
                        rows -> MappedIterator.of(rows, row -> quantized(row, column, quantizer)),
                Encoders.row(schema));
    }

    private static Row quantized(Row row, int column, VectorQuantizer quantizer) {
        var values = new Object[row.size()];
        for (var i = 0; i < values.length; i++) {
            values[i] = i == column && !row.isNullAt(i) ? quantizer.quantize(floats(row.getList(i))) : row.get(i);
        }
        return RowFactory.create(values);
    }

    /**
     * Each dimension's least and greatest number over all vectors of a result; nothing where it has none. Runs a Spark job,
     * which fails with an IllegalArgumentException where a vector is of another length.
     *
     * @param dimension D
     */
    public static Optional<Ranges> ranges(Dataset<Row> result, int dimension) {
        var parts = result.select(OutputColumns.EMBEDDING).javaRDD().mapPartitions(rows -> {
            var finder = new RangeFinder(dimension);
            while (rows.hasNext()) {
                var row = rows.next();
                if (!row.isNullAt(0)) {
                    finder.add(floats(row.getList(0)));
                }
            }
            return List.of(finder.found().map(List::of).orElse(List.of())).iterator();
        });
        return parts.getNumPartitions() == 0
                ? Optional.empty()
                : parts.treeReduce(OutputVectors::together).stream().findFirst();
    }

    /** None or one on either side, for what travels between tasks must be serializable. */
    private static List<Ranges> together(List<Ranges> some, List<Ranges> more) {
        if (some.isEmpty() || more.isEmpty()) {
            return some.isEmpty() ? more : some;
        }
        return List.of(some.get(0).and(more.get(0)));
    }

    private static float[] floats(List<Float> numbers) {
        var floats = new float[numbers.size()];
        var i = 0;
        for (var number : numbers) {
            floats[i++] = number;
        }
        return floats;
    }
}
