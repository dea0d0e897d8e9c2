package dev.packhorse.udf.sql;

import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.EmbeddedRow;
import dev.packhorse.udf.rows.OutputColumns;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The call of {@code embed} or {@code embed_with_details} in a query.
 *
 * <p>Stands in a plan until {@link ExtractEmbeddings} puts {@link EmbedRows} in its place, which works in batches, or, where
 * Spark lets no operator in between, {@link EmbedNow}. Spark is told that it cannot be evaluated, lest it do so while it
 * simplifies a plan over rows that it has at hand. Immutable.
 */
public final class EmbedText extends FunctionCall implements Unevaluable {

    /** What a call gives. */
    enum Part {
        /** The vector, null where there is an error. */
        VECTOR,
        /** A struct that says more. */
        DETAILS
    }

    private static final DataType VECTOR = DataTypes.createArrayType(DataTypes.FloatType, false);

    /** The columns of the details. */
    static final StructType DETAILS = new StructType()
            .add(OutputColumns.EMBEDDING, VECTOR, true)
            .add(OutputColumns.TOKENS, DataTypes.IntegerType, false)
            .add(OutputColumns.TRUNCATED, DataTypes.BooleanType, false)
            .add(OutputColumns.ERROR, DataTypes.StringType, true);

    private final Expression text;
    private final EmbedSettings settings;
    private final Part part;

    /**
     * @param text of type string; of another one {@link #checkInputDataTypes} tells
     * @param settings what tasks must know
     * @param part of what is known of a text
     */
    public EmbedText(Expression text, EmbedSettings settings, Part part) {
        super(text);
        this.text = text;
        this.settings = settings;
        this.part = part;
    }

    EmbedSettings settings() {
        return settings;
    }

    Part part() {
        return part;
    }

    /** The same call for all that there is to know. */
    EmbedText details() {
        return new EmbedText(text, settings, Part.DETAILS);
    }

    /** Whether both need the same work, whichever part of it they give. A random text is the same as itself only. */
    @SuppressWarnings("ReferenceEquality") // equal random texts need not have equal values
    boolean sameWork(EmbedText other) {
        return this == other || (settings.equals(other.settings) && text.semanticEquals(other.text));
    }

    /** The details of a row as Spark holds a struct. */
    static InternalRow struct(EmbeddedRow row) {
        return new GenericInternalRow(new Object[] {
            row.vector().map(UnsafeArrayData::fromPrimitiveArray).orElse(null),
            row.tokens(),
            row.truncated(),
            row.error().map(UTF8String::fromString).orElse(null)
        });
    }

    Expression text() {
        return text;
    }

    @Override
    Expression withBelow(List<Expression> arguments) {
        return new EmbedText(arguments.get(0), settings, part);
    }

    @Override
    public DataType dataType() {
        return switch (part) {
            case VECTOR -> VECTOR;
            case DETAILS -> DETAILS;
        };
    }

    @Override
    public boolean nullable() {
        return part == Part.VECTOR;
    }

    @Override
    public String prettyName() {
        return switch (part) {
            case VECTOR -> SqlFunction.EMBED.sqlName();
            case DETAILS -> SqlFunction.EMBED_WITH_DETAILS.sqlName();
        };
    }

    @Override
    public TypeCheckResult checkInputDataTypes() {
        return text.dataType() instanceof StringType
                ? TypeCheckResult.TypeCheckSuccess$.MODULE$
                : new TypeCheckResult.TypeCheckFailure("%s: expected a text of type STRING, found %s of type %s"
                        .formatted(prettyName(), text.sql(), text.dataType().sql()));
    }

    /** Never: see {@link ExtractEmbeddings}. */
    @Override
    public Object eval(InternalRow input) {
        return Unevaluable.super.eval(input);
    }

    @Override
    public ExprCode doGenCode(CodegenContext context, ExprCode code) {
        return Unevaluable.super.doGenCode(context, code);
    }

    @Override
    public Object[] elements() {
        return new Object[] {text, settings, part};
    }

    @Override
    public String toString() {
        return prettyName() + "(" + text + ")";
    }
}
