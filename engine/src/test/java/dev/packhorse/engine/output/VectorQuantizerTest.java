package dev.packhorse.engine.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Expected bytes were made with numpy 2.4.6 and {@code quantize_embeddings(vectors, precision)} of sentence-transformers
 * 6.0.1, the vectors as a float32 array.
 */
class VectorQuantizerTest {

    private static final int FIXTURE_DIMENSION = 32;

    private static final float[][] VECTORS = {
        {0.1f, -0.2f, 0.3f, 0, 0.5f, -0.6f, 0.7f, -0.8f, 0.9f, -1.0f},
        {-0.11f, 0.25f, -0.35f, 0.0f, -0.55f, 0.65f, -0.75f, 0.85f, -0.95f, 0.05f},
        {0.01f, 0.02f, -0.03f, 0.0f, -0.05f, 0.06f, -0.07f, 0.08f, 0.09f, -0.1f},
        {0.33f, -0.44f, 0.22f, -0.0f, 0.11f, -0.77f, 0.66f, 0.55f, -0.12f, 0.13f}
    };

    private static Ranges ranges(float[]... vectors) {
        var finder = new RangeFinder(vectors[0].length);
        for (var vector : vectors) {
            finder.add(vector);
        }
        return finder.found().orElseThrow();
    }

    private static int[][] signed(OutputPrecision precision, float[]... vectors) {
        var quantizer = VectorQuantizer.of(precision, VECTORS[0].length, Optional.of(ranges(VECTORS)));
        return Arrays.stream(vectors)
                .map(quantizer::quantize)
                .map(bytes ->
                        IntStream.range(0, bytes.length).map(i -> bytes[i]).toArray())
                .toArray(int[][]::new);
    }

    private static int[][] unsigned(OutputPrecision precision, float[]... vectors) {
        return Arrays.stream(signed(precision, vectors))
                .map(row -> Arrays.stream(row).map(b -> b & 0xff).toArray())
                .toArray(int[][]::new);
    }

    @Test
    void int8IsThatOfSentenceTransformers() {
        assertThat(signed(OutputPrecision.INT8, VECTORS)).isDeepEqualTo(new int[][] {
            {-7, -40, 127, -128, 127, -98, 127, -128, 126, -128},
            {-128, 127, -128, -128, -128, 127, -128, 127, -128, 108},
            {-59, 42, -3, -128, -7, 21, -9, 8, 15, 75},
            {127, -128, 95, -128, 32, -128, 119, 80, -14, 127}
        });
    }

    @Test
    void uint8IsThatOfSentenceTransformers() {
        assertThat(unsigned(OutputPrecision.UINT8, VECTORS)).isDeepEqualTo(new int[][] {
            {121, 88, 255, 0, 255, 30, 255, 0, 254, 0},
            {0, 255, 0, 0, 0, 255, 0, 255, 0, 236},
            {69, 170, 125, 0, 121, 149, 119, 136, 143, 203},
            {255, 0, 223, 0, 160, 0, 247, 208, 114, 255}
        });
    }

    @Test
    void numbersOutsideTheRangesAreClipped() {
        var outside = new float[] {2, -2, 0.1f, 5, 0.2f, 0, 0, 0, 0, 0};

        assertThat(signed(OutputPrecision.INT8, outside))
                .isDeepEqualTo(new int[][] {{127, -128, 48, -123, 54, 10, 3, -5, 2, 97}});
        assertThat(unsigned(OutputPrecision.UINT8, outside))
                .isDeepEqualTo(new int[][] {{255, 0, 176, 5, 182, 138, 131, 123, 130, 225}});
    }

    @Test
    void bitsAreThoseOfSentenceTransformers() {
        assertThat(signed(OutputPrecision.BINARY, VECTORS))
                .isDeepEqualTo(new int[][] {{42, 0}, {-59, -64}, {69, 0}, {43, -64}});
        assertThat(unsigned(OutputPrecision.UBINARY, VECTORS))
                .isDeepEqualTo(new int[][] {{170, 128}, {69, 64}, {197, 128}, {171, 64}});
    }

    /** The fixtures' vectors, which sentence-transformers quantized (fixtures/README.md). */
    @ParameterizedTest
    @CsvSource({"INT8, int8", "UINT8, uint8", "BINARY, binary", "UBINARY, ubinary"})
    void everyByteIsThatOfSentenceTransformers(OutputPrecision precision, String file) {
        var floats = ByteBuffer.wrap(fixture("bert/reference.f32"))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        var expected = ByteBuffer.wrap(fixture("quantized/" + file));
        var vectors = new float[floats.remaining() / FIXTURE_DIMENSION][FIXTURE_DIMENSION];
        for (var vector : vectors) {
            floats.get(vector);
        }
        var quantizer = VectorQuantizer.of(precision, FIXTURE_DIMENSION, Optional.of(ranges(vectors)));

        assertThat(vectors).hasNumberOfRows(64);
        for (var vector : vectors) {
            var bytes = new byte[precision.bytes(FIXTURE_DIMENSION)];
            expected.get(bytes);
            assertThat(quantizer.quantize(vector)).isEqualTo(bytes);
        }
        assertThat(expected.hasRemaining()).isFalse();
    }

    private static byte[] fixture(String name) {
        try (var in = VectorQuantizerTest.class.getResourceAsStream("/fixtures/families/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** {@code hex(numpy.array(value, "float32").astype("float16").view("uint16"))} */
    @ParameterizedTest
    @CsvSource({
        "0.1, 2e66",
        "-2.5, c100",
        "0.33333334, 3555",
        "65504, 7bff",
        "65519.9, 7bff",
        "6.1e-05, 3ff",
        "5.96e-08, 1",
        "2.98e-08, 0",
        "2.9802326e-08, 1",
        "1e-10, 0",
        "2048.5, 6800",
        "2049, 6800",
        "2051, 6802",
        "6.1035156e-05, 400",
        "-0.0, 8000",
        "0.99975586, 3c00",
        "0.9998779, 3c00",
        "6.097555e-05, 3ff",
        "1e-07, 2"
    })
    void halvesAreThoseOfNumpy(float value, String hex) {
        assertThat(Integer.toHexString(half(value))).isEqualTo(hex);
    }

    private static int half(float value) {
        var bytes =
                VectorQuantizer.of(OutputPrecision.FLOAT16, 1, Optional.empty()).quantize(new float[] {value});
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort() & 0xffff;
    }

    @ParameterizedTest
    @CsvSource({"65520, 7bff", "1e30, 7bff", "-65520, fbff", "-1e30, fbff"})
    void whatIsBeyondTheLargestHalfBecomesTheLargest(float value, String hex) {
        assertThat(Integer.toHexString(half(value))).isEqualTo(hex);
    }

    @Test
    void theHalfOfAFloatIsTheNearest() {
        var random = Seeds.random();
        for (var round = 0; round < 100_000; round++) {
            var value = (random.nextFloat() - 0.5f) * (float) Math.pow(2, random.nextInt(-24, 16));
            var half = half(value);
            var distance = Math.abs(value - value(half));
            // the neighbours in size; none below zero
            assertThat(distance).isLessThanOrEqualTo(Math.abs(value - value(half + 1)));
            if ((half & 0x7fff) > 0) {
                assertThat(distance).isLessThanOrEqualTo(Math.abs(value - value(half - 1)));
            }
        }
    }

    /** What a finite half is worth. */
    private static double value(int half) {
        var exponent = half >> 10 & 0x1f;
        var fraction = half & 0x3ff;
        var size = exponent == 0 ? Math.scalb((double) fraction, -24) : Math.scalb(1024.0 + fraction, exponent - 25);
        return (half & 0x8000) == 0 ? size : -size;
    }

    @Test
    void everyHalfStaysItself() {
        for (var half = 0; half < 0x7c00; half++) {
            assertThat(half((float) value(half))).isEqualTo(half);
            assertThat(half((float) value(half | 0x8000))).isEqualTo(half | 0x8000);
        }
    }

    @ParameterizedTest
    @EnumSource(value = OutputPrecision.class, mode = Mode.EXCLUDE, names = "FLOAT32")
    void aVectorHasTheBytesOfItsPrecision(OutputPrecision precision) {
        for (var dimension : new int[] {1, 7, 8, 9, 384}) {
            var vector = new float[dimension];
            var quantizer = VectorQuantizer.of(precision, dimension, Optional.of(ranges(vector)));

            assertThat(quantizer.quantize(vector)).hasSize(precision.bytes(dimension));
        }
        assertThat(OutputPrecision.FLOAT32.bytes(3)).isEqualTo(12);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> VectorQuantizer.of(OutputPrecision.FLOAT32, 3, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a precision that is stored as bytes, found float32");
        assertThatThrownBy(() -> VectorQuantizer.of(OutputPrecision.INT8, 3, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("int8: expected ranges of 3 dimensions, found none");
        assertThatThrownBy(() -> VectorQuantizer.of(OutputPrecision.UINT8, 3, Optional.of(ranges(VECTORS))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("uint8: expected ranges of 3 dimensions, found 10");
        assertThatThrownBy(() -> VectorQuantizer.of(OutputPrecision.BINARY, 3, Optional.empty())
                        .quantize(new float[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a vector of 3 numbers, found 2");
    }
}
