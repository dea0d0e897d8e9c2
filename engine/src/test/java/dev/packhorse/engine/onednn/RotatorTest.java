package dev.packhorse.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.nested.NativeBuffer;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.transformer.LayerAttention;
import dev.packhorse.engine.transformer.Rotation;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pure Java: runs where oneDNN is missing, and for numbers that this CPU may not multiply. */
class RotatorTest {

    private static final int HIDDEN = 8;
    private static final int HALF = 2; // of a head's width
    private static final int TOKENS = 5;
    private static final int[] OFFSETS = {0, 2, TOKENS};
    private static final Rotation ROTATION = new Rotation(100, 0.5);
    private static final TransformerShape SHAPE = TransformerShape.bert(HIDDEN, 1, 2, 8, 10, 16, 1e-12f)
            .with(List.of(new LayerAttention(LayerAttention.ALL, ROTATION)));

    private final float[] numbers = numbers(); // [T, 3 H]

    private static float[] numbers() {
        var random = Seeds.random();
        var numbers = new float[TOKENS * 3 * HIDDEN];
        for (var i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat(-1, 1);
        }
        return numbers;
    }

    /** What the formula gives for number i of a token. */
    private double expected(int token, int i) {
        var position = token < OFFSETS[1] ? token : token - OFFSETS[1];
        var values = i + token * 3 * HIDDEN;
        if (i >= 2 * HIDDEN) {
            return numbers[values]; // values are not turned
        }
        var pair = i % HALF;
        var angle = position * 0.5 * Math.pow(100, -2.0 * pair / (2 * HALF));
        return i % (2 * HALF) < HALF
                ? numbers[values] * Math.cos(angle) - numbers[values + HALF] * Math.sin(angle)
                : numbers[values] * Math.cos(angle) + numbers[values - HALF] * Math.sin(angle);
    }

    @Test
    void floatsAreTurnedByThePositionsWithinTheirRows() {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var buffer = NativeBuffer.allocate(memory, (long) numbers.length * Float.BYTES)) {
            buffer.floats(0, numbers.length).put(numbers);
            new Rotator(SHAPE, 16).rotate(buffer, false, ROTATION, OFFSETS);
            assertTurned(buffer.floats(0, numbers.length)::get, 1e-6);
        }
    }

    @Test
    void halvesAreTurnedToo() {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var buffer = NativeBuffer.allocate(memory, (long) numbers.length * Short.BYTES)) {
            var halves = buffer.view().asShortBuffer();
            for (var i = 0; i < numbers.length; i++) {
                numbers[i] = Float.intBitsToFloat(Float.floatToRawIntBits(numbers[i]) & 0xffff0000);
                halves.put(i, (short) (Float.floatToRawIntBits(numbers[i]) >>> Short.SIZE));
            }
            new Rotator(SHAPE, 16).rotate(buffer, true, ROTATION, OFFSETS);
            // 8 bits of fraction, rounded to the nearest, of numbers below 2
            assertTurned(i -> Float.intBitsToFloat(halves.get(i) << Short.SIZE), 0x1p-8);
        }
    }

    private interface Numbers {
        float get(int i);
    }

    private void assertTurned(Numbers found, double most) {
        for (var i = 0; i < numbers.length; i++) {
            assertThat(Math.abs(found.get(i) - expected(i / (3 * HIDDEN), i % (3 * HIDDEN))))
                    .as("number %d", i)
                    .isLessThanOrEqualTo(most);
        }
    }

    @Test
    void whatDoesNotTurnStaysAsItIs() {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var buffer = NativeBuffer.allocate(memory, (long) numbers.length * Float.BYTES)) {
            buffer.floats(0, numbers.length).put(numbers);
            new Rotator(SHAPE, 16).rotate(buffer, false, Rotation.NONE, OFFSETS);
            var found = new float[numbers.length];
            buffer.floats(0, numbers.length).get(found);
            assertThat(found).isEqualTo(numbers);
        }
    }
}
