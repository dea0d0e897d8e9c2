package dev.packhorse.engine.onnxgraph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor that is part of the graph: a TensorProto of onnx/onnx.proto with its raw_data. Immutable.
 *
 * @param type of its elements
 * @param shape empty for a single number
 * @param bytes of its elements, row-major, little-endian; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Tensor(ElementType type, long[] shape, byte[] bytes) {

    /** @throws IllegalArgumentException when there are not as many bytes as the shape has elements */
    public Tensor {
        var elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (bytes.length != elements * type.bytes()) {
            throw new IllegalArgumentException("expected %d bytes for a tensor %s of shape %s, found %d"
                    .formatted(elements * type.bytes(), type, Arrays.toString(shape), bytes.length));
        }
    }

    /** A single number. */
    public static Tensor scalar(float value) {
        var bytes = new byte[Float.BYTES];
        little(bytes).putFloat(value);
        return new Tensor(ElementType.FLOAT, new long[0], bytes);
    }

    /** A single whole number. */
    public static Tensor scalar(long value) {
        return of(value).reshaped();
    }

    /** Whole numbers in a row, [n]. */
    public static Tensor of(long... values) {
        var bytes = new byte[values.length * Long.BYTES];
        little(bytes).asLongBuffer().put(values);
        return new Tensor(ElementType.INT64, new long[] {values.length}, bytes);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The same elements in another shape. */
    public Tensor reshaped(long... other) {
        return new Tensor(type, other, bytes);
    }

    /** TensorProto: dims 1, data_type 2, raw_data 9. */
    ProtobufWriter proto() {
        return header(type, shape).bytes(9, bytes);
    }

    /** What comes before a TensorProto's name and data. */
    static ProtobufWriter header(ElementType type, long... shape) {
        var proto = new ProtobufWriter();
        for (var size : shape) {
            proto.number(1, size);
        }
        return proto.number(2, type.code());
    }
}
