package dev.packhorse.engine.weights;

/** Writes the parts of an ONNX file that tell its weights; field numbers from onnx/onnx.proto. */
final class OnnxBytes {

    private static final int FLOAT = 1;

    private OnnxBytes() {}

    /** A file around a graph, which also has the fields that every exporter writes. */
    static byte[] file(Protobuf graph) {
        return new Protobuf()
                .number(1, 8) // ir_version
                .text(2, "a test")
                .message(7, graph)
                .message(8, new Protobuf().number(2, 17)) // opset_import
                .toBytes();
    }

    static Protobuf node(String type, String first, String second, String output) {
        return new Protobuf()
                .text(1, first)
                .text(1, second)
                .text(2, output)
                .text(3, "/" + type)
                .text(4, type);
    }

    /** An initializer with unpacked dims and raw_data, as torch writes it. */
    static Protobuf initializer(String name, int[] shape, float... values) {
        return dims(shape).number(2, FLOAT).text(8, name).bytes(9, SafetensorsBytes.floats(values));
    }

    static Protobuf dims(int... shape) {
        var tensor = new Protobuf();
        for (var dim : shape) {
            tensor.number(1, dim);
        }
        return tensor;
    }

    static Protobuf packedDims(int... shape) {
        var packed = new Protobuf();
        for (var dim : shape) {
            packed.varint(dim);
        }
        return new Protobuf().message(1, packed);
    }
}
