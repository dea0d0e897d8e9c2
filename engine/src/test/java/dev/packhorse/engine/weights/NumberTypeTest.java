package dev.packhorse.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NumberTypeTest {

    private static final int[] ALL = IntStream.range(0, 1 << Short.SIZE).toArray();

    @Test
    void everyFloat16IsDecodedExactly() {
        assertAllDecoded(NumberType.FLOAT16, 5, 10);
    }

    @Test
    void everyBfloat16IsDecodedExactly() {
        assertAllDecoded(NumberType.BFLOAT16, 8, 7);
    }

    private static void assertAllDecoded(NumberType type, int exponentBits, int fractionBits) {
        var decoded = decode(type, SafetensorsBytes.shorts(ALL));
        for (var bits : ALL) {
            var expected = (float) value(bits, exponentBits, fractionBits);
            // as bits, for -0 is not 0; floatToIntBits makes all NaNs one
            assertThat(Float.floatToIntBits(decoded[bits]))
                    .as("%s %04x: %s for %s", type, bits, decoded[bits], expected)
                    .isEqualTo(Float.floatToIntBits(expected));
        }
    }

    /** What IEEE 754 says (section 3.4) that a sign, an exponent and a fraction stand for. */
    private static double value(int bits, int exponentBits, int fractionBits) {
        var sign = bits >> (exponentBits + fractionBits) == 0 ? 1 : -1;
        var most = (1 << exponentBits) - 1;
        var exponent = bits >> fractionBits & most;
        var bias = most >> 1;
        var fraction = (bits & ((1 << fractionBits) - 1)) / (double) (1 << fractionBits);
        if (exponent == most) {
            return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
        }
        return exponent == 0 ? sign * Math.scalb(fraction, 1 - bias) : sign * Math.scalb(1 + fraction, exponent - bias);
    }

    @Test
    void aFloat32KeepsItsBits() {
        var bits = new int[] {0, 0x80000000, 1, 0x3f800001, 0x7f7fffff, 0xff800000, 0x01020304};
        var bytes = ByteBuffer.allocate(bits.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(bits);
        var decoded = decode(NumberType.FLOAT32, bytes.array());
        for (var i = 0; i < bits.length; i++) {
            assertThat(Float.floatToRawIntBits(decoded[i])).isEqualTo(bits[i]);
        }
    }

    private static float[] decode(NumberType type, byte[] bytes) {
        var decoded = new float[bytes.length / type.bytes()];
        type.decode(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), FloatBuffer.wrap(decoded));
        return decoded;
    }
}
