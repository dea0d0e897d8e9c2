package dev.packhorse.udf.sql;

import dev.packhorse.engine.Paths;
import dev.packhorse.udf.resident.OneTask;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.RowEmbedder;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Embeds one text at a time, where it is asked: a constant, or what no operator can be put below. Gives the {@link
 * EmbedText#DETAILS details}. Immutable.
 */
public final class EmbedNow extends EvaluatedCall {

    private static final UnsafeRow NO_ROW = new UnsafeRow(0);

    private final EmbedSettings settings;

    /** @param text of type string */
    public EmbedNow(Expression text, EmbedSettings settings) {
        super(text);
        this.settings = settings;
    }

    @Override
    Expression withBelow(List<Expression> arguments) {
        return new EmbedNow(arguments.get(0), settings);
    }

    @Override
    public DataType dataType() {
        return EmbedText.DETAILS;
    }

    @Override
    public String prettyName() {
        return "embed_now";
    }

    @Override
    public Object eval(InternalRow input) {
        var text = Optional.ofNullable((UTF8String) argument(0).eval(input)).map(UTF8String::toString);
        var named = settings.withTextColumn(argument(0).sql());
        return EmbedText.struct(RowEmbedder.embed(NO_ROW, text, named));
    }

    /**
     * The value of a constant, for the driver: a driver without the GPU that executors compute on has a task find it, so that it
     * has the bits that it would have in a row.
     */
    Object once() {
        return Paths.unmetOn(settings.engine().device()).isEmpty()
                ? eval(null)
                : OneTask.run(SparkSession.active().sparkContext(), () -> eval(null));
    }

    @Override
    public Object[] elements() {
        return new Object[] {argument(0), settings};
    }
}
