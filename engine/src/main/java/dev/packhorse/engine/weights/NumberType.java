package dev.packhorse.engine.weights;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The numbers that weights are stored in, little-endian. */
enum NumberType {
    FLOAT32(Float.BYTES),
    /** IEEE 754 binary16. */
    FLOAT16(Short.BYTES),
    /** The upper half of a float32. */
    BFLOAT16(Short.BYTES);

    private final int bytes;

    NumberType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one number. */
    int bytes() {
        return bytes;
    }

    /** Turns all remaining bytes into floats, exactly: each type's numbers are among float32's. */
    void decode(ByteBuffer from, FloatBuffer into) {
        switch (this) {
            case FLOAT32 -> into.put(from.asFloatBuffer());
            case FLOAT16 -> {
                while (from.hasRemaining()) {
                    into.put(halfToFloat(from.getShort()));
                }
            }
            case BFLOAT16 -> {
                while (from.hasRemaining()) {
                    into.put(Float.intBitsToFloat(from.getShort() << Short.SIZE));
                }
            }
        }
    }

    /** Float.float16ToFloat of Java 20 and newer: sign, 5 bits of exponent (bias 15), 10 bits of fraction. */
    private static float halfToFloat(short half) {
        var sign = (half & 0x8000) << 16;
        var exponent = half >> 10 & 0x1f;
        var fraction = half & 0x3ff;
        if (exponent == 0) { // zero or subnormal: fraction times 2^-24
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
        }
        var widened = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
    }
}
