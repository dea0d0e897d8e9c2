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

    /** A tensor whose data lies in another file; offset and length as text, or none where they are empty. */
    static Protobuf external(Protobuf tensor, String location, String offset, String length) {
        tensor.message(13, new Protobuf().text(1, "location").text(2, location));
        if (!offset.isEmpty()) {
            tensor.message(13, new Protobuf().text(1, "offset").text(2, offset));
        }
        if (!length.isEmpty()) {
            tensor.message(13, new Protobuf().text(1, "length").text(2, length));
        }
        return tensor.message(13, new Protobuf().text(1, "checksum").text(2, "a9993e36"))
                .number(14, 1);
    }

    /** A ValueInfoProto; sizes are numbers, or names of what they are for. */
    static Protobuf value(String name, long type, Object... sizes) {
        var shape = new Protobuf();
        for (var size : sizes) {
            shape.message(
                    1,
                    size instanceof Long known ? new Protobuf().number(1, known) : new Protobuf().text(2, "" + size));
        }
        var tensor = new Protobuf().number(1, type).message(2, shape);
        return new Protobuf().text(1, name).message(2, new Protobuf().message(1, tensor));
    }

    /** A node of torch's newer exporter, which says which module it comes from. */
    static Protobuf inScope(String scope, Protobuf node) {
        var scopes = "['', 'outer', '%s', 'linear_1']".formatted(scope);
        return node.message(9, new Protobuf().text(1, "namespace").text(2, ": Model/outer"))
                .message(9, new Protobuf().text(1, "pkg.torch.onnx.name_scopes").text(2, scopes));
    }
}
