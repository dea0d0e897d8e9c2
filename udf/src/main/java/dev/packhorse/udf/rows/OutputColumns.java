package dev.packhorse.udf.rows;

import dev.packhorse.udf.rows.TokenizedRow.Place;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Predef;

/**
 * The columns of the result: the same six names for every job, three more for chunks, then those carried along. Thread-safe.
 */
public final class OutputColumns {

    public static final String ID = "id";
    public static final String EMBEDDING = "embedding";
    public static final String TOKENS = "tokens";
    public static final String TRUNCATED = "truncated";
    public static final String TEXT_HASH = "text_hash";
    public static final String ERROR = "error";

    public static final String CHUNK = "chunk";
    public static final String CHUNK_START = "chunk_start";
    public static final String CHUNK_END = "chunk_end";

    private static final int COLUMNS = 6;

    /** Names that a column carried along must not have. */
    public static final Set<String> RESERVED = Set.of(ID, EMBEDDING, TOKENS, TRUNCATED, TEXT_HASH, ERROR);

    /** The same where chunks are rows. */
    static final Set<String> RESERVED_FOR_CHUNKS = Set.of(CHUNK, CHUNK_START, CHUNK_END);

    private OutputColumns() {}

    /** Where those carried along begin. */
    public static int firstCarried(boolean chunkRows) {
        return chunkRows ? COLUMNS + RESERVED_FOR_CHUNKS.size() : COLUMNS;
    }

    /**
     * The result's schema for ids of a type and columns carried along.
     *
     * @param chunkRows whether each chunk of a text is a row
     */
    public static StructType schema(DataType idType, boolean chunkRows, List<StructField> carried) {
        var schema = new StructType()
                .add(ID, idType, true)
                .add(EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false), true)
                .add(TOKENS, DataTypes.IntegerType, false)
                .add(TRUNCATED, DataTypes.BooleanType, false)
                .add(TEXT_HASH, DataTypes.StringType, true)
                .add(ERROR, DataTypes.StringType, true);
        if (chunkRows) {
            schema = schema.add(CHUNK, DataTypes.IntegerType, false)
                    .add(CHUNK_START, DataTypes.IntegerType, true)
                    .add(CHUNK_END, DataTypes.IntegerType, true);
        }
        for (var field : carried) {
            schema = schema.add(field);
        }
        return schema;
    }

    /** A row of the result. */
    static Row row(Answer answer, boolean chunkRows) {
        var row = answer.row();
        var firstCarried = firstCarried(chunkRows);
        var values = new Object[firstCarried + row.carried().length];
        values[0] = row.id();
        values[1] = answer.vector().map(Predef::wrapFloatArray).orElse(null);
        values[2] = row.tokens();
        values[3] = row.lostTokens() > 0;
        values[4] = row.textHash().isEmpty() ? null : row.textHash();
        values[5] = answer.error().orElse(null);
        if (chunkRows) {
            values[6] = row.place().map(Place::chunk).orElse(0);
            values[7] = row.place().map(Place::start).orElse(null);
            values[8] = row.place().map(Place::end).orElse(null);
        }
        System.arraycopy(row.carried(), 0, values, firstCarried, row.carried().length);
        return RowFactory.create(values);
    }
}
