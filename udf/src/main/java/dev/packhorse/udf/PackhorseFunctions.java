package dev.packhorse.udf;

import dev.packhorse.udf.sql.SparkHooks;
import dev.packhorse.udf.sql.SqlFunction;
import java.util.ArrayList;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Packhorse's functions for DataFrames, and for the SQL of sessions that were made without {@link PackhorseExtensions}. All
 * of them want {@link #register} first, or the extensions. Thread-safe.
 */
public final class PackhorseFunctions {

    private PackhorseFunctions() {}

    /**
     * Makes the functions known to a session, as temporary functions, and its planner of {@code embed}. May be called again.
     */
    public static void register(SparkSession spark) {
        SparkHooks.register(spark);
    }

    /** See {@link #embed(Column, Map)}; with the session's options. */
    public static Column embed(Column text) {
        return embed(text, Map.of());
    }

    /**
     * A text's vector.
     *
     * @param text of strings
     * @param options by their names, such as {@code max-batch-tokens}; the session's {@code spark.packhorse.*} stand in for
     *     those that are missing. What does not fit ends in an OptionException or ModelException when the column is used
     * @return array of float, [D]; null where the text has no vector
     */
    public static Column embed(Column text, Map<String, String> options) {
        return call(SqlFunction.EMBED, text, options);
    }

    /**
     * A text's vector and what else is known of it.
     *
     * @return struct of {@code embedding}, as of {@link #embed(Column, Map)}, {@code tokens}, {@code truncated} and {@code
     *     error}
     */
    public static Column embedDetails(Column text, Map<String, String> options) {
        return call(SqlFunction.EMBED_WITH_DETAILS, text, options);
    }

    /**
     * How many tokens a text has for the model, special tokens and those that the model does not read included.
     *
     * @param options as of {@link #embed(Column, Map)}
     * @return int; null where the text is
     */
    public static Column tokenCount(Column text, Map<String, String> options) {
        return call(SqlFunction.TOKEN_COUNT, text, options);
    }

    /**
     * The cosine of the angle between two vectors of numbers, double; null where one is null, holds a null, has no numbers
     * or has length 0.
     */
    public static Column cosineSimilarity(Column a, Column b) {
        return functions.call_function(SqlFunction.COSINE_SIMILARITY.sqlName(), a, b);
    }

    /** The dot product of two vectors of numbers, double; null where one is null, holds a null or has no numbers. */
    public static Column dotProduct(Column a, Column b) {
        return functions.call_function(SqlFunction.DOT_PRODUCT.sqlName(), a, b);
    }

    /** The Euclidean distance of two vectors of numbers, double; null where one is null, holds a null or has no numbers. */
    public static Column l2Distance(Column a, Column b) {
        return functions.call_function(SqlFunction.L2_DISTANCE.sqlName(), a, b);
    }

    private static Column call(SqlFunction function, Column text, Map<String, String> options) {
        if (options.isEmpty()) {
            return functions.call_function(function.sqlName(), text);
        }
        var pairs = new ArrayList<Column>();
        options.forEach((name, value) -> {
            pairs.add(functions.lit(name));
            pairs.add(functions.lit(value));
        });
        return functions.call_function(function.sqlName(), text, functions.map(pairs.toArray(Column[]::new)));
    }
}
