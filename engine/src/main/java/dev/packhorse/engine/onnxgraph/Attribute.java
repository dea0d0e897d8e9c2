package dev.packhorse.engine.onnxgraph;

/**
 * A named constant of a node: an AttributeProto of onnx/onnx.proto (name 1, f 2, i 3, s 4, t 5, floats 7, ints 8, type 20).
 * Immutable.
 */
public final class Attribute {

    private static final int FLOAT = 1;
    private static final int INT = 2;
    private static final int STRING = 3;
    private static final int TENSOR = 4;
    private static final int FLOATS = 6;
    private static final int INTS = 7;

    private final ProtobufWriter proto;

    private Attribute(String name, int type) {
        this.proto = new ProtobufWriter().text(1, name).number(20, type);
    }

    public static Attribute of(String name, long value) {
        var attribute = new Attribute(name, INT);
        attribute.proto.number(3, value);
        return attribute;
    }

    public static Attribute of(String name, float value) {
        var attribute = new Attribute(name, FLOAT);
        attribute.proto.fixed32(2, value);
        return attribute;
    }

    public static Attribute of(String name, String value) {
        var attribute = new Attribute(name, STRING);
        attribute.proto.text(4, value);
        return attribute;
    }

    public static Attribute of(String name, Tensor value) {
        var attribute = new Attribute(name, TENSOR);
        attribute.proto.message(5, value.proto());
        return attribute;
    }

    public static Attribute list(String name, long... values) {
        var attribute = new Attribute(name, INTS);
        for (var value : values) {
            attribute.proto.number(8, value);
        }
        return attribute;
    }

    public static Attribute list(String name, float... values) {
        var attribute = new Attribute(name, FLOATS);
        for (var value : values) {
            attribute.proto.fixed32(7, value);
        }
        return attribute;
    }

    ProtobufWriter proto() {
        return proto;
    }
}
