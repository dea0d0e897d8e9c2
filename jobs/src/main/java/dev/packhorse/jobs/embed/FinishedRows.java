package dev.packhorse.jobs.embed;

import dev.packhorse.engine.output.OutputPrecision;
import dev.packhorse.engine.output.Ranges;
import dev.packhorse.engine.output.VectorQuantizer;
import dev.packhorse.udf.rows.OutputVectors;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Embedded rows as sinks get them: with vectors in the output's precision.
 *
 * @param rows computed from files each time that they are asked for
 * @param schema theirs; rows that were read from files have forgotten what is never null
 * @param ranges by which vectors were quantized; empty where they were not, and where there are none
 */
record FinishedRows(Dataset<Row> rows, StructType schema, Optional<Ranges> ranges) {

    /**
     * Brings rows to a precision. Where that needs ranges and none are known, the ranges of all vectors are found first.
     *
     * @param held with vectors of float32, in files: they may be read twice
     * @param result their schema
     * @param dimension D
     * @param known ranges of vectors that these join
     */
    static FinishedRows of(
            Dataset<Row> held, StructType result, OutputPrecision precision, int dimension, Optional<Ranges> known) {
        var schema = OutputVectors.schema(result, precision);
        return switch (precision) {
            case FLOAT32 -> new FinishedRows(held, schema, Optional.empty());
            case FLOAT16, BINARY, UBINARY -> {
                var quantizer = VectorQuantizer.of(precision, dimension, Optional.empty());
                yield new FinishedRows(OutputVectors.quantized(held, quantizer, schema), schema, Optional.empty());
            }
            case INT8, UINT8 -> {
                var ranges = known.or(() -> OutputVectors.ranges(held, dimension));
                // without a vector any ranges do: none is quantized
                var some = ranges.or(() -> Optional.of(new Ranges(new float[dimension], new float[dimension])));
                var quantizer = VectorQuantizer.of(precision, dimension, some);
                yield new FinishedRows(OutputVectors.quantized(held, quantizer, schema), schema, ranges);
            }
        };
    }
}
