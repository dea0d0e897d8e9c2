package dev.packhorse.jobs.targets;

import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.rows.OutputColumns;
import dev.packhorse.udf.rows.TextColumns;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of targets. Thread-safe: it has no state. */
public final class TargetColumns {

    private TargetColumns() {}

    /** The columns by which a row is known, among those of a target. */
    public static List<String> keys(List<String> columns) {
        return columns.contains(OutputColumns.CHUNK)
                ? List.of(OutputColumns.ID, OutputColumns.CHUNK)
                : List.of(OutputColumns.ID);
    }

    /** Whether a row of a target is the only one of its text, or the first. */
    public static Column isFirst(List<String> columns) {
        return columns.contains(OutputColumns.CHUNK)
                ? functions.col(OutputColumns.CHUNK).equalTo(0)
                : functions.lit(true);
    }

    /** Whether a column of that name would be taken for one of chunks. */
    public static boolean isOfChunks(String name) {
        return Stream.of(OutputColumns.CHUNK, OutputColumns.CHUNK_START, OutputColumns.CHUNK_END)
                .anyMatch(name::equalsIgnoreCase);
    }

    /** Rows with these columns alone, in this order. */
    public static Dataset<Row> in(Dataset<Row> rows, List<String> columns) {
        return rows.select(columns.stream().map(TextColumns::quoted).toArray(Column[]::new));
    }

    /** A schema as tables have it: Iceberg has no integers below 32 bits, and an older row may lack what newer ones have. */
    public static StructType stored(StructType schema) {
        return new StructType(Arrays.stream(schema.asNullable().fields())
                .map(field -> new StructField(field.name(), stored(field.dataType()), true, field.metadata()))
                .toArray(StructField[]::new));
    }

    private static DataType stored(DataType type) {
        return type.equals(DataTypes.ByteType) || type.equals(DataTypes.ShortType) ? DataTypes.IntegerType : type;
    }

    /**
     * Holds the columns that a run makes against those of a target.
     *
     * @throws OptionException when they are not the same
     */
    static void check(String target, StructType wanted, StructType found) {
        if (!stored(wanted).simpleString().equals(stored(found).simpleString())) {
            throw new OptionException(
                    "--target %s: expected the columns %s, found %s; set --carry-columns, --id-column and --long-text as the runs before did, or name another target"
                            .formatted(
                                    target,
                                    stored(wanted).simpleString(),
                                    stored(found).simpleString()));
        }
    }
}
