package dev.packhorse.jobs.shuffle;

import dev.packhorse.udf.rows.TextColumns;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** By what rows are put into buckets: int64, never null, the same in every run. */
public enum RowKeys {
    /** Each row by itself, wherever its text occurs again: a text that fills half of a corpus is no burden to one task. */
    ID_AND_TEXT {
        @Override
        Column key(Column id, Column text, boolean blankTextsMeet) {
            return functions.xxhash64(id, text);
        }
    },
    /** Rows with the same text together, so that it is encoded once; those without one by their id. */
    TEXT {
        @Override
        Column key(Column id, Column text, boolean blankTextsMeet) {
            var without = blankTextsMeet
                    ? text.isNull()
                    : text.isNull().or(functions.trim(text).equalTo(""));
            return functions.when(without, functions.xxhash64(id)).otherwise(functions.xxhash64(text));
        }
    },

    /** By the text alone, where the id is the number that a row has as it is read: another one if it is read again. */
    NUMBERED {
        @Override
        Column key(Column id, Column text, boolean blankTextsMeet) {
            return functions.xxhash64(text);
        }
    };

    abstract Column key(Column id, Column text, boolean blankTextsMeet);

    /**
     * The key of a source's rows.
     *
     * @param blankTextsMeet whether texts of white space are encoded, as others are
     */
    public Column of(TextColumns columns, boolean blankTextsMeet) {
        return key(
                TextColumns.quoted(columns.id()).cast(DataTypes.StringType),
                TextColumns.quoted(columns.text()),
                blankTextsMeet);
    }

    /**
     * A hash of all that a row of a source gives to its row of the result: int64, by which it is known again.
     *
     * @param schema of the source
     */
    public static Column check(TextColumns columns, StructType schema) {
        var parts = new ArrayList<Column>();
        var names = Stream.concat(
                Stream.of(columns.id(), columns.text()),
                Stream.concat(columns.malformed().stream(), columns.carried().stream()));
        names.forEach(name -> {
            var column = TextColumns.quoted(name);
            var type = schema.apply(name).dataType().simpleString();
            // Spark has no hashes of these
            parts.add(
                    type.contains("map<") || type.contains("variant")
                            ? functions.to_json(functions.struct(column))
                            : column);
            parts.add(column.isNull()); // a null leaves a hash as it is
        });
        return functions.xxhash64(parts.toArray(Column[]::new));
    }
}
