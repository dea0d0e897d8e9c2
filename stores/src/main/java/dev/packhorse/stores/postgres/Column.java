package dev.packhorse.stores.postgres;

import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.VectorTable;
import java.util.ArrayList;
import java.util.List;

/**
 * A column of the table.
 *
 * @param name as users write it, without quotes
 * @param catalogName its type in {@code pg_type}
 * @param shown its type as the server shows it
 * @param required whether it is never null
 */
record Column(String name, String catalogName, String shown, boolean required) {

    /** All of them, in the order of {@link VectorTable#schema}. */
    static List<Column> of(VectorTable table, VectorType vectorType) {
        var columns = new ArrayList<Column>();
        columns.add(text(VectorTable.ID));
        columns.add(
                new Column(VectorTable.VECTOR, vectorType.catalogName(), vectorType.shown(table.dimension()), true));
        columns.add(text(VectorTable.CONTENT_HASH));
        columns.add(text(VectorTable.MODEL_ID));
        columns.add(text(VectorTable.MODEL_VERSION));
        columns.add(new Column(VectorTable.EMBEDDED_AT, "timestamptz", "timestamp with time zone", true));
        for (var carried : table.carried()) {
            columns.add(
                    switch (carried.type()) {
                        case UTF8 -> carried(carried, "text", "text");
                        case INT64 -> carried(carried, "int8", "bigint");
                        case DOUBLE -> carried(carried, "float8", "double precision");
                        case BOOL -> carried(carried, "bool", "boolean");
                    });
        }
        columns.add(new Column(VectorTable.METADATA, "jsonb", "jsonb", true));
        return columns;
    }

    private static Column text(String name) {
        return new Column(name, "text", "text", true);
    }

    private static Column carried(CarriedColumn column, String catalogName, String shown) {
        return new Column(column.name(), catalogName, shown, false);
    }

    boolean isVector() {
        return name.equals(VectorTable.VECTOR);
    }

    String quoted() {
        return PostgresAddress.quote(name);
    }
}
