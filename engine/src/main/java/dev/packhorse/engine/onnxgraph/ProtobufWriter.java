package dev.packhorse.engine.onnxgraph;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the fields of one protobuf message, one behind the other; repeated numbers one field each, as torch's exporter does.
 * Format: protobuf.dev/programming-guides/encoding. Not thread-safe.
 */
final class ProtobufWriter {

    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ProtobufWriter number(int field, long value) {
        return tag(field, VARINT).varint(value);
    }

    ProtobufWriter fixed32(int field, float value) {
        tag(field, FIXED32);
        var bits = Float.floatToRawIntBits(value);
        for (var i = 0; i < Integer.BYTES; i++) {
            out.write(bits >>> (Byte.SIZE * i));
        }
        return this;
    }

    ProtobufWriter text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtobufWriter message(int field, ProtobufWriter message) {
        return bytes(field, message.toBytes());
    }

    ProtobufWriter bytes(int field, byte[] value) {
        tag(field, LENGTH_DELIMITED).varint(value.length);
        out.writeBytes(value);
        return this;
    }

    /** All fields of another, behind those that are there. */
    ProtobufWriter append(ProtobufWriter other) {
        out.writeBytes(other.toBytes());
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    void writeTo(OutputStream target) throws IOException {
        out.writeTo(target);
    }

    private ProtobufWriter tag(int field, int wireType) {
        return varint(((long) field << 3) | wireType);
    }

    private ProtobufWriter varint(long value) {
        var rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }
}
