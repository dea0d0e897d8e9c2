package dev.packhorse.udf;

import dev.packhorse.udf.options.Nearest;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.StageOptions;
import dev.packhorse.udf.options.StageOptions.OutputType;
import dev.packhorse.udf.rows.OutputColumns;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Which columns a stage of a pipeline reads and adds.
 *
 * @param input the column of texts
 * @param added names of the columns to add; of those that are not asked for there is none
 * @param outputType what vectors are
 */
record StageColumns(String input, Map<Added, String> added, OutputType outputType) {

    /** The struct that holds all results of a row until they are columns. */
    private static final String DETAILS = "__packhorse_details";

    StageColumns {
        added = new EnumMap<>(added);
    }

    /** A column that can be added. */
    enum Added {
        EMBEDDING,
        TOKENS,
        TRUNCATED,
        ERROR;

        /** What names it. */
        Option<String> option() {
            return switch (this) {
                case EMBEDDING -> StageOptions.OUTPUT_COL;
                case TOKENS -> StageOptions.TOKENS_COL;
                case TRUNCATED -> StageOptions.TRUNCATED_COL;
                case ERROR -> StageOptions.ERROR_COL;
            };
        }

        private boolean nullable() {
            return switch (this) {
                case EMBEDDING, ERROR -> true;
                case TOKENS, TRUNCATED -> false;
            };
        }

        /** Where it is in the struct of a row's results. */
        private String field() {
            return switch (this) {
                case EMBEDDING -> OutputColumns.EMBEDDING;
                case TOKENS -> OutputColumns.TOKENS;
                case TRUNCATED -> OutputColumns.TRUNCATED;
                case ERROR -> OutputColumns.ERROR;
            };
        }
    }

    /**
     * The schema with the columns that are added.
     *
     * @throws OptionException when there is no such column of texts, or already one of a name
     */
    StructType schema(StructType source) {
        checkInput(source);
        var schema = source;
        for (var entry : added.entrySet()) {
            var name = entry.getValue();
            // as Spark compares names
            if (Arrays.stream(schema.fieldNames()).anyMatch(name::equalsIgnoreCase)) {
                throw new OptionException("%s %s: expected a name that no column has yet, found one of %s"
                        .formatted(entry.getKey().option().camelCase(), name, Arrays.toString(schema.fieldNames())));
            }
            schema = schema.add(name, type(entry.getKey()), entry.getKey().nullable());
        }
        return schema;
    }

    private void checkInput(StructType source) {
        var option = StageOptions.INPUT_COL.camelCase();
        var names = List.of(source.fieldNames());
        if (names.isEmpty()) {
            throw new OptionException(
                    "%s %s: expected a column of that name, found no columns".formatted(option, input));
        }
        if (!names.contains(input)) {
            throw new OptionException("%s %s: expected one of the columns %s; the nearest is %s"
                    .formatted(option, input, names, Nearest.to(input, names)));
        }
        var type = source.apply(input).dataType();
        if (!type.equals(DataTypes.StringType)) {
            throw new OptionException(
                    "%s %s: expected a string column, found %s".formatted(option, input, type.simpleString()));
        }
    }

    private DataType type(Added column) {
        return switch (column) {
            case EMBEDDING ->
                switch (outputType) {
                    case ARRAY -> DataTypes.createArrayType(DataTypes.FloatType, false);
                    case VECTOR -> SQLDataTypes.VectorType();
                };
            case TOKENS -> DataTypes.IntegerType;
            case TRUNCATED -> DataTypes.BooleanType;
            case ERROR -> DataTypes.StringType;
        };
    }

    /** The column of texts, whatever signs its name has. */
    Column text() {
        return functions.col("`" + input.replace("`", "``") + "`");
    }

    /**
     * Adds the columns.
     *
     * @param details the struct of a row's results
     * @param dimension D, the length of the vectors
     */
    Dataset<Row> add(Dataset<?> source, Column details, int dimension) {
        var rows = source.toDF().withColumn(DETAILS, details);
        for (var entry : added.entrySet()) {
            var value = functions.col(DETAILS).getField(entry.getKey().field());
            rows = rows.withColumn(
                    entry.getValue(), entry.getKey() == Added.EMBEDDING ? vectors(value, dimension) : value);
        }
        return rows.drop(DETAILS);
    }

    private Column vectors(Column arrays, int dimension) {
        return switch (outputType) {
            case ARRAY -> arrays;
            case VECTOR ->
                functions
                        .when(arrays.isNotNull(), org.apache.spark.ml.functions.array_to_vector(arrays))
                        // says D, or the stages that follow would run a query of their own to learn it
                        .as(
                                added.get(Added.EMBEDDING),
                                new AttributeGroup(added.get(Added.EMBEDDING), dimension).toMetadata());
        };
    }
}
