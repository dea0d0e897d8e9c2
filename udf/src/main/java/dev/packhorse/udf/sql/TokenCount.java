package dev.packhorse.udf.sql;

import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.tokenize.TokenizerException;
import dev.packhorse.udf.resident.ResidentTokenizers;
import dev.packhorse.udf.rows.EmbedException;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;

/**
 * The call of {@code token_count}: all tokens of a text, special tokens included, also those that the model does not read.
 * An int; null where the text is. Ends the query in an EmbedException where a text cannot be tokenized. Immutable.
 */
public final class TokenCount extends EvaluatedCall {

    private final Model model;

    /**
     * @param text of type string; of another one {@link #checkInputDataTypes} tells
     * @param model as executors find it
     */
    public TokenCount(Expression text, Model model) {
        super(text);
        this.model = model;
    }

    @Override
    Expression withBelow(List<Expression> arguments) {
        return new TokenCount(arguments.get(0), model);
    }

    @Override
    public DataType dataType() {
        return DataTypes.IntegerType;
    }

    @Override
    public String prettyName() {
        return "token_count";
    }

    @Override
    public TypeCheckResult checkInputDataTypes() {
        return argument(0).dataType() instanceof StringType
                ? TypeCheckResult.TypeCheckSuccess$.MODULE$
                : new TypeCheckResult.TypeCheckFailure("%s: expected a text of type STRING, found %s of type %s"
                        .formatted(
                                prettyName(),
                                argument(0).sql(),
                                argument(0).dataType().sql()));
    }

    @Override
    public Object eval(InternalRow input) {
        var text = argument(0).eval(input);
        if (text == null) {
            return null;
        }
        try {
            var tokens = ResidentTokenizers.of(model).tokenize(text.toString());
            return tokens.length() + tokens.lostTokens();
        } catch (TokenizerException e) {
            throw new EmbedException("token_count: a text could not be tokenized: " + e.getMessage());
        }
    }

    @Override
    public Object[] elements() {
        return new Object[] {argument(0), model};
    }
}
