package dev.packhorse.udf.rows;

import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.rows.FixedColumns.Column;
import dev.packhorse.udf.rows.TokenizedRow.Place;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Tokenized rows as Spark rows, for the shuffle: the token ids as bytes, so that Spark does not box each of them.
 * Thread-safe.
 */
public final class TokenizedColumns {

    /** Tokens of all of a row's pieces, special ones included; 0 where it has no text. */
    public static final String LENGTH = "length";

    /** SHA-256 of its text, in hex; empty where it has none. */
    public static final String TEXT_HASH = "text_hash";

    /** Its id, of the source's type. */
    public static final String ID = "id";

    /** Its chunk's number, 0 where it is its whole text. */
    public static final String CHUNK = "chunk";

    private static final String CHUNK_START = "chunk_start";
    private static final String CHUNK_END = "chunk_end";
    private static final String PIECES = "pieces";
    private static final String ERROR_KIND = "error_kind";
    private static final String ERROR = "error";

    private static final FixedColumns<TokenizedRow> COLUMNS = new FixedColumns<>(List.of(
            Column.id(ID, TokenizedRow::id),
            Column.required(TEXT_HASH, DataTypes.StringType, TokenizedRow::textHash),
            Column.required(LENGTH, DataTypes.IntegerType, TokenizedRow::tokens),
            Column.required(CHUNK, DataTypes.IntegerType, row -> row.place()
                    .map(Place::chunk)
                    .orElse(0)),
            Column.optional(
                    CHUNK_START, DataTypes.IntegerType, row -> row.place().map(Place::start)),
            Column.optional(CHUNK_END, DataTypes.IntegerType, row -> row.place().map(Place::end)),
            Column.required(PIECES, DataTypes.BinaryType, row -> bytes(row.pieces())),
            Column.optional(ERROR_KIND, DataTypes.StringType, row -> row.error()
                    .map(error -> error.kind().name())),
            Column.optional(ERROR, DataTypes.StringType, row -> row.error().map(RowError::message))));

    private TokenizedColumns() {}

    /**
     * The schema of what {@link TokenizePartition} makes and {@link EncodePartition} takes.
     *
     * @param carried the columns that are carried along, by their names in the source
     */
    public static StructType schema(DataType idType, List<StructField> carried) {
        var schema = COLUMNS.schema(idType);
        for (var i = 0; i < carried.size(); i++) {
            // a prefix, so that no name carried along meets one of the above
            schema = schema.add(
                    carried(i), carried.get(i).dataType(), carried.get(i).nullable());
        }
        return schema;
    }

    /** The name of a column that is carried along. */
    public static String carried(int index) {
        return "carried_" + index;
    }

    static Row toRow(TokenizedRow row) {
        return COLUMNS.row(row, row.carried());
    }

    static TokenizedRow fromRow(Row row) {
        return new TokenizedRow(
                row.get(COLUMNS.place(ID)),
                IntStream.range(COLUMNS.size(), row.size()).mapToObj(row::get).toArray(),
                row.getString(COLUMNS.place(TEXT_HASH)),
                place(row),
                pieces(ByteBuffer.wrap(row.<byte[]>getAs(COLUMNS.place(PIECES))).asIntBuffer()),
                error(row));
    }

    private static Optional<Place> place(Row row) {
        return row.isNullAt(COLUMNS.place(CHUNK_START))
                ? Optional.empty()
                : Optional.of(new Place(
                        row.getInt(COLUMNS.place(CHUNK)),
                        row.getInt(COLUMNS.place(CHUNK_START)),
                        row.getInt(COLUMNS.place(CHUNK_END))));
    }

    private static Optional<RowError> error(Row row) {
        return Optional.ofNullable(row.getString(COLUMNS.place(ERROR_KIND)))
                .map(kind -> new RowError(Count.valueOf(kind), row.getString(COLUMNS.place(ERROR))));
    }

    /** Of each piece its length, the tokens it lost, and its token ids [length]: int32, big-endian. */
    private static byte[] bytes(List<TokenizedText> pieces) {
        var ints = pieces.stream().mapToInt(piece -> 2 + piece.length()).sum();
        var bytes = ByteBuffer.allocate(ints * Integer.BYTES);
        var buffer = bytes.asIntBuffer();
        for (var piece : pieces) {
            buffer.put(piece.length()).put(piece.lostTokens()).put(piece.ids());
        }
        return bytes.array();
    }

    private static List<TokenizedText> pieces(IntBuffer buffer) {
        var pieces = new ArrayList<TokenizedText>();
        while (buffer.hasRemaining()) {
            var ids = new int[buffer.get()];
            var lost = buffer.get();
            buffer.get(ids);
            pieces.add(new TokenizedText(ids, lost));
        }
        return pieces;
    }
}
