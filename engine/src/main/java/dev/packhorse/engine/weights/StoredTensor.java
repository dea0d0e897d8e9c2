package dev.packhorse.engine.weights;

/**
 * Where a tensor lies, and in which file.
 *
 * @param shape as stored, row-major
 * @param transposed whether it is a Linear's weight stored [in, out], the other way round than the model's code has it
 * @param varints whether each number is a protobuf varint of its bits, not these bits themselves
 * @param bytes within the file, checked to be there
 */
record StoredTensor(NumberType type, long[] shape, boolean transposed, boolean varints, SourceFile file, Span bytes) {

    /** How many numbers it has. */
    long size() {
        return Shapes.size(shape);
    }

    /** The shape that the model's code knows. */
    long[] logicalShape() {
        return transposed ? new long[] {shape[1], shape[0]} : shape;
    }

    /** The same numbers, stored the other way round than the model's code has them or not. */
    StoredTensor as(boolean otherWayRound) {
        return new StoredTensor(type, shape, otherWayRound, varints, file, bytes);
    }
}
