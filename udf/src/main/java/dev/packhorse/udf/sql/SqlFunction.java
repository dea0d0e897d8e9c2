package dev.packhorse.udf.sql;

import dev.packhorse.udf.options.OptionException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Cast$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StringType;
import scala.Function1;

/** The functions that queries may call, from arguments to expression. */
public enum SqlFunction {
    EMBED(EmbedText.class, "_FUNC_(text[, options]) - The text's vector, ARRAY<FLOAT>; null where it has none.") {
        @Override
        Expression call(List<Expression> arguments) {
            return embed(this, arguments, EmbedText.Part.VECTOR);
        }
    },
    EMBED_WITH_DETAILS(
            EmbedText.class,
            "_FUNC_(text[, options]) - A struct of the text's vector (embedding), its tokens, whether it was truncated, and the error that it has instead of a vector.") {
        @Override
        Expression call(List<Expression> arguments) {
            return embed(this, arguments, EmbedText.Part.DETAILS);
        }
    },
    TOKEN_COUNT(TokenCount.class, "_FUNC_(text[, options]) - How many tokens the text has for the model.") {
        @Override
        Expression call(List<Expression> arguments) {
            check(arguments, 1, 2);
            return new TokenCount(
                    text(arguments.get(0)), QuerySettings.model(SparkSession.active(), options(arguments)));
        }
    },
    COSINE_SIMILARITY(
            VectorFunction.class,
            "_FUNC_(a, b) - The cosine of the angle between two vectors; null where one has length 0.") {
        @Override
        Expression call(List<Expression> arguments) {
            return measure(this, arguments, VectorMeasure.COSINE_SIMILARITY);
        }
    },
    DOT_PRODUCT(VectorFunction.class, "_FUNC_(a, b) - The dot product of two vectors.") {
        @Override
        Expression call(List<Expression> arguments) {
            return measure(this, arguments, VectorMeasure.DOT_PRODUCT);
        }
    },
    L2_DISTANCE(VectorFunction.class, "_FUNC_(a, b) - The Euclidean distance of two vectors.") {
        @Override
        Expression call(List<Expression> arguments) {
            return measure(this, arguments, VectorMeasure.L2_DISTANCE);
        }
    };

    private static final String ARGUMENTS = """

                Arguments:
                  * options - map('model', 'all-minilm-l6-v2', 'prompt-name', 'query'): options of the encoding, by their names.
            """;

    private final Class<? extends Expression> type;
    private final String usage;

    SqlFunction(Class<? extends Expression> type, String usage) {
        this.type = type;
        this.usage = usage;
    }

    /** Its name in SQL. */
    public String sqlName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    abstract Expression call(List<Expression> arguments);

    /** For a function registry. */
    public FunctionIdentifier identifier() {
        return new FunctionIdentifier(sqlName());
    }

    /** What DESCRIBE FUNCTION says. */
    public ExpressionInfo info() {
        return new ExpressionInfo(
                type.getName(), "", sqlName(), usage, ARGUMENTS, "", "", "misc_funcs", "0.1.0", "", "java_udf");
    }

    /**
     * From arguments to expression. Scala's Seq is not the same type in the two versions of Scala, so the type says less
     * than it could. It throws RuntimeException (OptionException, ModelException or TokenizerException) for arguments or
     * options that do not fit.
     */
    public Function1<scala.collection.Seq<Expression>, Expression> builder() {
        return Scala.function(arguments -> call(Scala.java(arguments)));
    }

    void check(List<Expression> arguments, int least, int most) {
        if (arguments.size() < least || arguments.size() > most) {
            throw new OptionException("%s: expected %s, found %d"
                    .formatted(
                            sqlName(),
                            least == most ? least + " arguments" : least + " or " + most + " arguments",
                            arguments.size()));
        }
    }

    private static Expression embed(SqlFunction function, List<Expression> arguments, EmbedText.Part part) {
        function.check(arguments, 1, 2);
        return new EmbedText(
                text(arguments.get(0)), QuerySettings.of(SparkSession.active(), function.options(arguments)), part);
    }

    private static Expression measure(SqlFunction function, List<Expression> arguments, VectorMeasure measure) {
        function.check(arguments, 2, 2);
        return new VectorFunction(vector(arguments.get(0)), vector(arguments.get(1)), measure);
    }

    /** Numbers of other types, such as the decimals of a literal, become doubles. */
    private static Expression vector(Expression side) {
        var isOther = side.dataType() instanceof NullType
                || (side.dataType() instanceof ArrayType array && !VectorFunction.isFloating(array.elementType()));
        return isOther ? cast(side, DataTypes.createArrayType(DataTypes.DoubleType)) : side;
    }

    private static Expression text(Expression argument) {
        return argument.dataType() instanceof NullType ? cast(argument, DataTypes.StringType) : argument;
    }

    private static Expression cast(Expression argument, DataType type) {
        return Cast$.MODULE$.apply(argument, type, true);
    }

    /** The second argument: a map of constants. */
    Map<String, String> options(List<Expression> arguments) {
        if (arguments.size() < 2) {
            return Map.of();
        }
        var argument = arguments.get(1);
        if (!argument.foldable()
                || !(argument.dataType() instanceof MapType map
                        && map.keyType() instanceof StringType
                        && map.valueType() instanceof StringType)) {
            throw new OptionException(
                    "%s: expected options as a map of constant texts, such as map('model', 'all-minilm-l6-v2'), found %s"
                            .formatted(sqlName(), argument.sql()));
        }
        var pairs = (MapData) argument.eval(null);
        var options = new LinkedHashMap<String, String>();
        var keys = pairs.keyArray();
        var values = pairs.valueArray();
        for (var i = 0; i < pairs.numElements(); i++) {
            if (values.isNullAt(i)) {
                throw new OptionException(
                        "%s: expected a text for option %s, found null".formatted(sqlName(), keys.getUTF8String(i)));
            }
            options.put(
                    keys.getUTF8String(i).toString(), values.getUTF8String(i).toString());
        }
        return options;
    }
}
