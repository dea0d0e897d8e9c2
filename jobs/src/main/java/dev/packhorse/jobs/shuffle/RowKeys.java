package dev.packhorse.jobs.shuffle;

import dev.packhorse.udf.TextColumns;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

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
}
