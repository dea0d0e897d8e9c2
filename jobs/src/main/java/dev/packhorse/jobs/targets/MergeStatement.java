package dev.packhorse.jobs.targets;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The MERGE that brings changes into a table.
 *
 * @param table as SQL names it
 * @param columns the table's
 */
record MergeStatement(String table, List<String> columns) {

    private static final String VIEW = "packhorse_changes";
    private static final String REMOVED = "__packhorse_removed";

    void run(SparkSession spark, Changes changes) {
        source(changes).createOrReplaceTempView(VIEW);
        try {
            spark.sql(sql());
        } finally {
            spark.catalog().dropTempView(VIEW);
        }
    }

    /** Rows and keys in the table's columns, and which of both each is. */
    private Dataset<Row> source(Changes changes) {
        var rows = TargetColumns.in(changes.rows(), columns).withColumn(REMOVED, functions.lit(false));
        var gone = changes.removed();
        for (var field : rows.schema().fields()) {
            var column = field.name().equals(REMOVED)
                    ? functions.lit(true)
                    : List.of(gone.columns()).contains(field.name())
                            ? functions.col(quoted(field.name()))
                            : functions.lit(null);
            gone = gone.withColumn(field.name(), column.cast(field.dataType()));
        }
        return rows.unionByName(gone);
    }

    private String sql() {
        return "MERGE INTO %s t USING %s s ON %s WHEN MATCHED AND s.%s THEN DELETE WHEN MATCHED THEN UPDATE SET %s WHEN NOT MATCHED AND NOT s.%s THEN INSERT (%s) VALUES (%s)"
                .formatted(
                        table,
                        VIEW,
                        each(TargetColumns.keys(columns), " AND ", name -> "t.%1$s = s.%1$s".formatted(name)),
                        REMOVED,
                        each(columns, ", ", name -> "%1$s = s.%1$s".formatted(name)),
                        REMOVED,
                        each(columns, ", ", name -> name),
                        each(columns, ", ", name -> "s." + name));
    }

    private static String each(List<String> names, String between, Function<String, String> text) {
        return names.stream().map(MergeStatement::quoted).map(text).collect(Collectors.joining(between));
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
