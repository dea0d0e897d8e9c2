package dev.packhorse.engine.weights;

import java.util.Arrays;

/**
 * Where a tensor lies in its file.
 *
 * @param shape as stored, row-major
 * @param transposed whether it is a Linear's weight stored [in, out], the other way round than the model's code has it
 * @param position of its first byte
 */
record StoredTensor(NumberType type, long[] shape, boolean transposed, long position) {

    /** How many numbers it has. */
    long size() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** The shape that the model's code knows. */
    long[] logicalShape() {
        return transposed ? new long[] {shape[1], shape[0]} : shape;
    }
}
