package dev.packhorse.udf.rows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that all Spark rows of one kind have, each said once: schema, rows and places follow from the list. Behind them
 * are those carried along.
 *
 * @param <T> what a row is made of
 */
final class FixedColumns<T> {

    private final List<Column<T>> columns;
    private final Map<String, Integer> places = new HashMap<>();

    /**
     * A column.
     *
     * @param type empty where it is that of the source's ids
     * @param value what it holds of a row, in Spark's types; null only where it is nullable
     */
    record Column<T>(String name, Optional<DataType> type, boolean nullable, Function<T, Object> value) {

        static <T> Column<T> id(String name, Function<T, Object> value) {
            return new Column<>(name, Optional.empty(), true, value);
        }

        static <T> Column<T> required(String name, DataType type, Function<T, Object> value) {
            return new Column<>(name, Optional.of(type), false, value);
        }

        static <T> Column<T> optional(String name, DataType type, Function<T, Optional<?>> value) {
            return new Column<>(
                    name, Optional.of(type), true, row -> value.apply(row).orElse(null));
        }
    }

    FixedColumns(List<Column<T>> columns) {
        this.columns = List.copyOf(columns);
        columns.forEach(column -> places.put(column.name(), places.size()));
    }

    /** These and others behind them. */
    FixedColumns<T> and(FixedColumns<T> more) {
        var all = new ArrayList<>(columns);
        all.addAll(more.columns);
        return new FixedColumns<>(all);
    }

    int size() {
        return columns.size();
    }

    Set<String> names() {
        return Set.copyOf(places.keySet());
    }

    /** Where in a row a column is. */
    int place(String name) {
        return places.get(name);
    }

    /** The schema, to which those carried along are added. */
    StructType schema(DataType idType) {
        var schema = new StructType();
        for (var column : columns) {
            schema = schema.add(column.name(), column.type().orElse(idType), column.nullable());
        }
        return schema;
    }

    /** A row, with the values of those carried along. */
    Row row(T from, Object[] carried) {
        var values = new Object[columns.size() + carried.length];
        for (var i = 0; i < columns.size(); i++) {
            values[i] = columns.get(i).value().apply(from);
        }
        System.arraycopy(carried, 0, values, columns.size(), carried.length);
        return RowFactory.create(values);
    }
}
