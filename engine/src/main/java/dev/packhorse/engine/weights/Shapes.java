package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;
import java.util.Arrays;
import java.util.List;

/** What shapes are possible. */
final class Shapes {

    /** No tensor of a model has more than six; numpy's own limit. */
    static final int MOST_DIMENSIONS = 64;

    private Shapes() {}

    /**
     * The shape of these dimensions.
     *
     * @throws ModelException when there are too many, or they are negative or of more numbers than can be counted
     */
    static long[] of(String tensor, List<Long> dimensions) {
        if (dimensions.size() > MOST_DIMENSIONS) {
            throw new ModelException(
                    "expected at most %d dimensions of %s, found more".formatted(MOST_DIMENSIONS, tensor));
        }
        var shape = dimensions.stream().mapToLong(Long::longValue).toArray();
        try {
            if (Arrays.stream(shape).allMatch(dimension -> dimension >= 0)) {
                Math.multiplyExact(size(shape), Long.BYTES);
                return shape;
            }
        } catch (ArithmeticException e) {
            // refused below, as negative ones are
        }
        throw new ModelException("expected a shape of %s whose numbers can be counted, found %s"
                .formatted(tensor, Arrays.toString(shape)));
    }

    /** How many numbers a shape has. */
    static long size(long... shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
