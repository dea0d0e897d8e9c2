package dev.packhorse.udf;

import java.util.List;
import java.util.Set;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of the result: the same six names for every job, then those carried along. */
public final class OutputColumns {

    public static final String ID = "id";
    public static final String EMBEDDING = "embedding";
    public static final String TOKENS = "tokens";
    public static final String TRUNCATED = "truncated";
    public static final String TEXT_HASH = "text_hash";
    public static final String ERROR = "error";

    static final int FIRST_CARRIED = 6;

    /** Names that a column carried along must not have. */
    public static final Set<String> RESERVED = Set.of(ID, EMBEDDING, TOKENS, TRUNCATED, TEXT_HASH, ERROR);

    private OutputColumns() {}

    /** The result's schema for ids of a type and columns carried along. */
    public static StructType schema(DataType idType, List<StructField> carried) {
        var schema = new StructType()
                .add(ID, idType, true)
                .add(EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false), true)
                .add(TOKENS, DataTypes.IntegerType, false)
                .add(TRUNCATED, DataTypes.BooleanType, false)
                .add(TEXT_HASH, DataTypes.StringType, true)
                .add(ERROR, DataTypes.StringType, true);
        for (var field : carried) {
            schema = schema.add(field);
        }
        return schema;
    }
}
