package dev.packhorse.udf.rows;

import java.util.stream.IntStream;
import org.apache.spark.sql.Row;

/** The columns that the tasks read, by position: id, text, the malformed record or null, then those carried along. */
final class InputColumns {

    static final int ID = 0;
    static final int TEXT = 1;
    static final int MALFORMED = 2;
    static final int FIRST_CARRIED = 3;

    private InputColumns() {}

    static Object[] carried(Row row) {
        return IntStream.range(FIRST_CARRIED, row.size()).mapToObj(row::get).toArray();
    }
}
