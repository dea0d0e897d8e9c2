package dev.packhorse.udf.rows;

import dev.packhorse.udf.rows.FixedColumns.Column;
import dev.packhorse.udf.rows.TokenizedRow.Place;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Predef;

/**
 * The columns of the result: the same six for every job, three more for chunks, then those carried along. One more is a name
 * and a line of a list here; what the line asks for, {@link TokenizedRow} must have, and {@link TokenizedColumns} bring along.
 * Thread-safe.
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

    private static final FixedColumns<Answer> OF_ALL = new FixedColumns<>(List.of(
            Column.id(ID, answer -> answer.row().id()),
            Column.optional(EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false), answer -> answer.vector()
                    .map(Predef::wrapFloatArray)),
            Column.required(
                    TOKENS, DataTypes.IntegerType, answer -> answer.row().tokens()),
            Column.required(
                    TRUNCATED, DataTypes.BooleanType, answer -> answer.row().lostTokens() > 0),
            Column.optional(TEXT_HASH, DataTypes.StringType, answer -> Optional.of(
                            answer.row().textHash())
                    .filter(hash -> !hash.isEmpty())),
            Column.optional(ERROR, DataTypes.StringType, Answer::error)));

    private static final FixedColumns<Answer> OF_CHUNKS_ALONE = new FixedColumns<>(List.of(
            Column.required(
                    CHUNK,
                    DataTypes.IntegerType,
                    answer -> answer.row().place().map(Place::chunk).orElse(0)),
            Column.optional(CHUNK_START, DataTypes.IntegerType, answer -> answer.row()
                    .place()
                    .map(Place::start)),
            Column.optional(CHUNK_END, DataTypes.IntegerType, answer -> answer.row()
                    .place()
                    .map(Place::end))));

    private static final FixedColumns<Answer> OF_CHUNKS = OF_ALL.and(OF_CHUNKS_ALONE);

    /** Names that a column carried along must not have. */
    static final Set<String> RESERVED = OF_ALL.names();

    /** The same where chunks are rows. */
    static final Set<String> RESERVED_FOR_CHUNKS = OF_CHUNKS_ALONE.names();

    private OutputColumns() {}

    private static FixedColumns<Answer> fixed(boolean chunkRows) {
        return chunkRows ? OF_CHUNKS : OF_ALL;
    }

    /** Where those carried along begin. */
    public static int firstCarried(boolean chunkRows) {
        return fixed(chunkRows).size();
    }

    /**
     * The result's schema for ids of a type and columns carried along.
     *
     * @param chunkRows whether each chunk of a text is a row
     */
    public static StructType schema(DataType idType, boolean chunkRows, List<StructField> carried) {
        var schema = fixed(chunkRows).schema(idType);
        for (var field : carried) {
            schema = schema.add(field);
        }
        return schema;
    }

    /** A row of the result. */
    static Row row(Answer answer, boolean chunkRows) {
        return fixed(chunkRows).row(answer, answer.row().carried());
    }
}
