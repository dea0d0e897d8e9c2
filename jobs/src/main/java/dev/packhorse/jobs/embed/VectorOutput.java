package dev.packhorse.jobs.embed;

import dev.packhorse.engine.output.OutputPrecision;
import dev.packhorse.engine.output.Ranges;
import dev.packhorse.engine.output.VectorQuantizer;
import dev.packhorse.jobs.output.FileSizes;
import dev.packhorse.jobs.output.FloatEncoding;
import dev.packhorse.jobs.output.OutputFolder;
import dev.packhorse.jobs.output.RangesJson;
import dev.packhorse.jobs.output.WrittenFiles;
import dev.packhorse.udf.rows.OutputVectors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Writes embedded rows with vectors in the output's precision.
 *
 * <p>Where a precision needs ranges and none are known, the ranges of all vectors are found first.
 *
 * @param footer goes into every file's footer
 * @param dimension D
 */
record VectorOutput(
        OutputFolder folder,
        String runId,
        OutputPrecision precision,
        FloatEncoding encoding,
        long targetFileSize,
        Map<String, String> footer,
        int dimension) {

    /**
     * What was written.
     *
     * @param ranges by which vectors were quantized; empty where they were not, and where there are none
     */
    record Result(WrittenFiles files, Optional<Ranges> ranges) {}

    /**
     * Writes the rows.
     *
     * @param held with vectors of float32, in files: they may be read twice
     * @param result its schema; rows that were read from files have forgotten what is never null
     * @param known ranges of vectors that these join
     */
    Result write(Dataset<Row> held, StructType result, Optional<Ranges> known) {
        var schema = OutputVectors.schema(result, precision);
        return switch (precision) {
            case FLOAT32 -> new Result(save(held, schema, Optional.empty()), Optional.empty());
            case FLOAT16, BINARY, UBINARY ->
                new Result(save(quantized(held, schema, Optional.empty()), schema, Optional.empty()), Optional.empty());
            case INT8, UINT8 -> {
                var ranges = known.or(() -> OutputVectors.ranges(held, dimension));
                // without a vector any ranges do: none is quantized
                var some = ranges.or(() -> Optional.of(new Ranges(new float[dimension], new float[dimension])));
                yield new Result(save(quantized(held, schema, some), schema, ranges), ranges);
            }
        };
    }

    private Dataset<Row> quantized(Dataset<Row> rows, StructType schema, Optional<Ranges> ranges) {
        return OutputVectors.quantized(rows, VectorQuantizer.of(precision, dimension, ranges), schema);
    }

    private WrittenFiles save(Dataset<Row> rows, StructType schema, Optional<Ranges> ranges) {
        var entries = new LinkedHashMap<>(footer);
        ranges.ifPresent(found -> entries.put(RangesJson.ENTRY, RangesJson.text(found)));
        return folder.write(rows, runId, entries, encoding, schema, sizes(), dimension);
    }

    private FileSizes sizes() {
        return new FileSizes(
                targetFileSize, (double) OutputPrecision.FLOAT32.bytes(dimension) / precision.bytes(dimension));
    }
}
