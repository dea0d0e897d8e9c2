package dev.packhorse.engine.onnxgraph;

/** What a tensor's elements are: TensorProto.DataType of onnx/onnx.proto, as far as encoders need it. */
public enum ElementType {
    FLOAT(1, Float.BYTES),
    INT8(3, Byte.BYTES),
    INT32(6, Integer.BYTES),
    INT64(7, Long.BYTES),
    BOOL(9, Byte.BYTES),
    FLOAT16(10, Short.BYTES),
    BFLOAT16(16, Short.BYTES);

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The number that the format has for it, which Cast's attribute {@code to} takes too. */
    public int code() {
        return code;
    }

    /** How many bytes an element has. */
    public int bytes() {
        return bytes;
    }
}
