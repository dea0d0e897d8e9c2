package dev.packhorse.udf.rows;

import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.rows.TokenizedRow.Place;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
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

    private static final int FIXED = 9;

    private TokenizedColumns() {}

    /**
     * The schema of what {@link TokenizePartition} makes and {@link EncodePartition} takes.
     *
     * @param carried the columns that are carried along, by their names in the source
     */
    public static StructType schema(DataType idType, List<StructField> carried) {
        var schema = new StructType()
                .add(ID, idType, true)
                .add(TEXT_HASH, DataTypes.StringType, false)
                .add(LENGTH, DataTypes.IntegerType, false)
                .add(CHUNK, DataTypes.IntegerType, false)
                .add("chunk_start", DataTypes.IntegerType, true)
                .add("chunk_end", DataTypes.IntegerType, true)
                .add("pieces", DataTypes.BinaryType, false)
                .add("error_kind", DataTypes.StringType, true)
                .add("error", DataTypes.StringType, true);
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
        var values = new Object[FIXED + row.carried().length];
        values[0] = row.id();
        values[1] = row.textHash();
        values[2] = row.tokens();
        values[3] = row.place().map(Place::chunk).orElse(0);
        values[4] = row.place().map(Place::start).orElse(null);
        values[5] = row.place().map(Place::end).orElse(null);
        values[6] = bytes(row.pieces());
        values[7] = row.error().map(error -> error.kind().name()).orElse(null);
        values[8] = row.error().map(RowError::message).orElse(null);
        System.arraycopy(row.carried(), 0, values, FIXED, row.carried().length);
        return RowFactory.create(values);
    }

    static TokenizedRow fromRow(Row row) {
        return new TokenizedRow(
                row.get(0),
                IntStream.range(FIXED, row.size()).mapToObj(row::get).toArray(),
                row.getString(1),
                row.isNullAt(4)
                        ? Optional.empty()
                        : Optional.of(new Place(row.getInt(3), row.getInt(4), row.getInt(5))),
                pieces(ByteBuffer.wrap(row.<byte[]>getAs(6)).asIntBuffer()),
                Optional.ofNullable(row.getString(7)).map(kind -> new RowError(Count.valueOf(kind), row.getString(8))));
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
