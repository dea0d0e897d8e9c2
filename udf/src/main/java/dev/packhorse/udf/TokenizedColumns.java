package dev.packhorse.udf;

import dev.packhorse.udf.metrics.Count;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Tokenized rows as Spark rows, for the shuffle: the token ids as bytes, so that Spark does not box each of them. */
final class TokenizedColumns {

    static final String LENGTH = "length";
    static final String TEXT_HASH = "text_hash";
    static final String ID = "id";

    private static final int FIXED = 7;

    private TokenizedColumns() {}

    static StructType schema(DataType idType, StructField[] output) {
        var schema = new StructType()
                .add(ID, idType, true)
                .add(TEXT_HASH, DataTypes.StringType, false)
                .add(LENGTH, DataTypes.IntegerType, false)
                .add("tokens", DataTypes.BinaryType, false)
                .add("lost_tokens", DataTypes.IntegerType, false)
                .add("error_kind", DataTypes.StringType, true)
                .add("error", DataTypes.StringType, true);
        for (var i = OutputColumns.FIRST_CARRIED; i < output.length; i++) {
            // a prefix, so that no name carried along meets one of the above
            schema = schema.add("carried_" + i, output[i].dataType(), output[i].nullable());
        }
        return schema;
    }

    static Row toRow(TokenizedRow row) {
        var bytes = ByteBuffer.allocate(row.tokens().length * Integer.BYTES);
        bytes.asIntBuffer().put(row.tokens());
        var values = new Object[FIXED + row.carried().length];
        values[0] = row.id();
        values[1] = row.textHash();
        values[2] = row.tokens().length;
        values[3] = bytes.array();
        values[4] = row.lostTokens();
        values[5] = row.error().map(error -> error.kind().name()).orElse(null);
        values[6] = row.error().map(RowError::message).orElse(null);
        System.arraycopy(row.carried(), 0, values, FIXED, row.carried().length);
        return RowFactory.create(values);
    }

    static TokenizedRow fromRow(Row row) {
        var tokens = new int[row.getInt(2)];
        ByteBuffer.wrap(row.<byte[]>getAs(3)).asIntBuffer().get(tokens);
        return new TokenizedRow(
                row.get(0),
                IntStream.range(FIXED, row.size()).mapToObj(row::get).toArray(),
                row.getString(1),
                tokens,
                row.getInt(4),
                Optional.ofNullable(row.getString(5)).map(kind -> new RowError(Count.valueOf(kind), row.getString(6))));
    }
}
