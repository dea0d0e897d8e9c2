package dev.packhorse.engine.output;

/** IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 bits of fraction. Thread-safe. */
public final class Halves {

    private static final float LARGEST = 65_504;
    private static final float LEAST_NORMAL = 0x1p-14f;

    private Halves() {}

    /**
     * The nearest half, the even one of two that are as near; what is beyond the largest becomes the largest, and not
     * infinity. As Float.floatToFloat16 of Java 20 and newer but for that.
     */
    public static short of(float value) {
        var sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
        var size = Math.min(Math.abs(value), LARGEST);
        if (size < LEAST_NORMAL) { // a multiple of 2^-24; rint rounds ties to even, and 1024 is the least normal half
            return (short) (sign | (int) Math.rint(size * 0x1p24));
        }
        var bits = Float.floatToRawIntBits(size);
        var odd = bits >>> 13 & 1;
        // half of what is cut off, less one where the kept fraction is even; a carry goes into the exponent, as it must
        var rounded = bits + 0xfff + odd;
        return (short) (sign | ((rounded >>> 13) - ((127 - 15) << 10)));
    }
}
