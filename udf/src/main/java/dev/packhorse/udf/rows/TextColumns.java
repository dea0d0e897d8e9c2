package dev.packhorse.udf.rows;

import dev.packhorse.udf.options.Nearest;
import dev.packhorse.udf.options.OptionException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Which columns of a source are read.
 *
 * @param id strings or integers of any width
 * @param text strings
 * @param malformed where the source's format puts records that it could not read; empty where it does not
 * @param carried columns that go to the result as they are
 */
public record TextColumns(String id, String text, Optional<String> malformed, List<String> carried) {

    private static final Set<DataType> ID_TYPES = Set.of(
            DataTypes.StringType, DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType);

    /**
     * Holds the columns against a source's schema.
     *
     * @throws OptionException when one is missing, of another type, or named like a column of the result
     */
    public void check(StructType schema) {
        var idType = field(schema, id, "--id-column").dataType();
        if (!ID_TYPES.contains(idType)) {
            throw new OptionException("--id-column %s: expected a string or integer column, found %s"
                    .formatted(id, idType.simpleString()));
        }
        var textType = field(schema, text, "--text-column").dataType();
        if (!textType.equals(DataTypes.StringType)) {
            throw new OptionException(
                    "--text-column %s: expected a string column, found %s".formatted(text, textType.simpleString()));
        }
        for (var name : carried) {
            field(schema, name, "--carry-columns");
        }
        checkNotReserved(OutputColumns.RESERVED);
        if (carried.stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .distinct()
                        .count()
                < carried.size()) {
            throw new OptionException("--carry-columns: expected different names, found " + carried);
        }
    }

    private void checkNotReserved(Set<String> reserved) {
        for (var name : carried) {
            if (reserved.contains(name.toLowerCase(Locale.ROOT))) { // as Spark compares names
                throw new OptionException(
                        "--carry-columns %s: expected a name that the result does not use itself, found one of %s"
                                .formatted(name, new TreeSet<>(reserved)));
            }
        }
    }

    private static StructField field(StructType schema, String name, String option) {
        return Arrays.stream(schema.fields())
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new OptionException("%s %s: expected one of the source's columns %s; the nearest is %s"
                                .formatted(
                                        option,
                                        name,
                                        Arrays.toString(schema.fieldNames()),
                                        Nearest.to(name, List.of(schema.fieldNames())))));
    }

    /** The columns as {@link EmbedPartition} and {@link TokenizePartition} take them. */
    public Dataset<Row> select(Dataset<Row> source) {
        var columns = new ArrayList<Column>();
        columns.add(quoted(id));
        columns.add(quoted(text));
        columns.add(
                malformed.map(TextColumns::quoted).orElse(functions.lit(null).cast(DataTypes.StringType)));
        carried.forEach(name -> columns.add(quoted(name)));
        return source.select(columns.toArray(Column[]::new));
    }

    /**
     * The schema of the result for a source of this schema.
     *
     * @throws OptionException when a column carried along is named like one that chunks add
     */
    public StructType outputSchema(StructType source, boolean chunkRows) {
        if (chunkRows) {
            checkNotReserved(OutputColumns.RESERVED_FOR_CHUNKS);
        }
        return OutputColumns.schema(
                source.apply(id).dataType(),
                chunkRows,
                carried.stream().map(source::apply).toList());
    }

    /** A column by its exact name, dots and all. */
    public static Column quoted(String name) {
        return functions.col("`" + name.replace("`", "``") + "`");
    }
}
