package dev.packhorse.engine.weights;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a protobuf message, field after field (protobuf.dev/programming-guides/encoding). */
final class Protobuf {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Protobuf number(int field, long value) {
        return tag(field, 0).varint(value);
    }

    Protobuf fixed64(int field, byte[] eight) {
        return tag(field, 1).raw(eight);
    }

    Protobuf bytes(int field, byte[] value) {
        return tag(field, 2).varint(value.length).raw(value);
    }

    Protobuf text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Protobuf message(int field, Protobuf value) {
        return bytes(field, value.toBytes());
    }

    Protobuf fixed32(int field, byte[] four) {
        return tag(field, 5).raw(four);
    }

    /** Only the beginning of a field: what belongs behind it, or not, is for the test to write. */
    Protobuf tag(int field, int wireType) {
        return varint(((long) field << 3) | wireType);
    }

    Protobuf varint(long value) {
        var rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    Protobuf raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
