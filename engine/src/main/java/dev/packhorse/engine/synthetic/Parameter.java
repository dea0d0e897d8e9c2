package dev.packhorse.engine.synthetic;

import java.util.List;

/**
 * A tensor of weights.
 *
 * @param name that the model's code gives it
 * @param shape one number or two, row-major
 * @param mean of its numbers
 * @param deviation the standard deviation of its numbers
 * @param seed of its numbers, which are the same wherever they are written
 */
record Parameter(String name, List<Integer> shape, double mean, double deviation, long seed) {

    int rows() {
        return shape.size() == 2 ? shape.get(0) : 1;
    }

    int columns() {
        return shape.get(shape.size() - 1);
    }

    boolean isMatrix() {
        return shape.size() == 2;
    }

    long numbers() {
        return (long) rows() * columns();
    }

    long bytes() {
        return numbers() * Float.BYTES;
    }

    long[] dimensions() {
        return shape.stream().mapToLong(Integer::longValue).toArray();
    }
}
