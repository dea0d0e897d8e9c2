package dev.packhorse.udf.sql;

import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * The call of {@code cosine_similarity}, {@code dot_product} or {@code l2_distance} of two vectors.
 *
 * <p>Null where a vector is null, holds a null or has no numbers, and where the cosine of a vector of length 0 is asked for.
 * Ends the query in an IllegalArgumentException where the vectors have not as many numbers. Immutable.
 */
public final class VectorFunction extends EvaluatedCall {

    private final VectorMeasure measure;

    /**
     * @param left array of float or double, [D]
     * @param right array of float or double, [D]
     * @param measure of the two
     */
    public VectorFunction(Expression left, Expression right, VectorMeasure measure) {
        super(left, right);
        this.measure = measure;
    }

    @Override
    Expression withBelow(List<Expression> arguments) {
        return new VectorFunction(arguments.get(0), arguments.get(1), measure);
    }

    @Override
    public DataType dataType() {
        return DataTypes.DoubleType;
    }

    @Override
    public String prettyName() {
        return measure.function();
    }

    @Override
    public TypeCheckResult checkInputDataTypes() {
        for (var side : Scala.java(children())) {
            if (!(side.dataType() instanceof ArrayType array && isFloating(array.elementType()))) {
                return new TypeCheckResult.TypeCheckFailure(
                        "%s: expected vectors of type ARRAY<FLOAT> or ARRAY<DOUBLE>, found %s of type %s"
                                .formatted(
                                        prettyName(),
                                        side.sql(),
                                        side.dataType().sql()));
            }
        }
        return TypeCheckResult.TypeCheckSuccess$.MODULE$;
    }

    static boolean isFloating(DataType type) {
        return type.equals(DataTypes.FloatType) || type.equals(DataTypes.DoubleType);
    }

    @Override
    public Object eval(InternalRow input) {
        var left = (ArrayData) argument(0).eval(input);
        var right = left == null ? null : (ArrayData) argument(1).eval(input);
        if (right == null) {
            return null;
        }
        var a = numbers(left, argument(0));
        var b = numbers(right, argument(1));
        if (a.length == 0 || b.length == 0) {
            return null;
        }
        if (a.length != b.length) {
            throw new IllegalArgumentException("%s: expected two vectors of one length, found %d and %d numbers"
                    .formatted(prettyName(), a.length, b.length));
        }
        var value = measure.of(a, b);
        return value.isPresent() ? value.getAsDouble() : null;
    }

    /** [D] float64; none where one of them is null. */
    private static double[] numbers(ArrayData array, Expression side) {
        for (var i = 0; i < array.numElements(); i++) {
            if (array.isNullAt(i)) {
                return new double[0];
            }
        }
        if (((ArrayType) side.dataType()).elementType().equals(DataTypes.DoubleType)) {
            return array.toDoubleArray();
        }
        var floats = array.toFloatArray();
        var numbers = new double[floats.length];
        for (var i = 0; i < floats.length; i++) {
            numbers[i] = floats[i];
        }
        return numbers;
    }

    @Override
    public Object[] elements() {
        return new Object[] {argument(0), argument(1), measure};
    }
}
