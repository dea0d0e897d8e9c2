package dev.packhorse.engine.onednn;

import dev.packhorse.engine.nested.NativeBuffer;
import dev.packhorse.engine.transformer.LayerAttention;
import dev.packhorse.engine.transformer.Rotation;
import dev.packhorse.engine.transformer.TransformerShape;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Turns queries and keys by their tokens' positions; the formula is at {@link Rotation}. Immutable; shared by all
 * threads.
 */
final class Rotator {

    private final TransformerShape shape;
    private final Map<Rotation, Angles> tables;

    /**
     * Of each position, for each pair of a head's numbers.
     *
     * @param cosines [P, D / 2] row-major
     * @param sines [P, D / 2] row-major
     */
    private record Angles(float[] cosines, float[] sines) {}

    /** @param longest the most tokens of a row */
    Rotator(TransformerShape shape, int longest) {
        this.shape = shape;
        this.tables = rotations(shape).stream()
                .collect(
                        Collectors.toMap(Function.identity(), rotation -> angles(rotation, longest, shape.headSize())));
    }

    private static List<Rotation> rotations(TransformerShape shape) {
        return shape.layers().stream()
                .map(LayerAttention::rotation)
                .filter(Rotation::turns)
                .distinct()
                .toList();
    }

    /** Whether any layer of this shape turns anything. */
    static boolean turns(TransformerShape shape) {
        return !rotations(shape).isEmpty();
    }

    private static Angles angles(Rotation rotation, int positions, int headSize) {
        var perPosition = rotation.anglesPerPosition(headSize);
        var half = perPosition.length;
        var cosines = new float[positions * half];
        var sines = new float[positions * half];
        for (var position = 0; position < positions; position++) {
            for (var i = 0; i < half; i++) {
                cosines[position * half + i] = (float) Math.cos(position * perPosition[i]);
                sines[position * half + i] = (float) Math.sin(position * perPosition[i]);
            }
        }
        return new Angles(cosines, sines);
    }

    /**
     * Turns the queries and keys of a batch.
     *
     * @param queryKeyValue [T, 3 H] row-major, changed in place; stays the caller's
     * @param halves whether its numbers are bfloat16, else float32
     * @param offsets [B + 1] where rows begin
     */
    void rotate(NativeBuffer queryKeyValue, boolean halves, Rotation rotation, int[] offsets) {
        if (!rotation.turns()) {
            return;
        }
        var angles = tables.get(rotation);
        var h = shape.hidden();
        var numbers = offsets[offsets.length - 1] * 3 * h;
        var floats = halves ? FloatBuffer.allocate(0) : queryKeyValue.floats(0, numbers);
        var shorts = halves ? queryKeyValue.shorts(0, numbers) : ShortBuffer.allocate(0);
        var token = new float[2 * h]; // query and key
        var half = new short[halves ? 2 * h : 0];
        for (var b = 0; b + 1 < offsets.length; b++) {
            for (var t = offsets[b]; t < offsets[b + 1]; t++) {
                if (halves) {
                    shorts.get(t * 3 * h, half);
                    widen(half, token);
                    rotate(token, angles, t - offsets[b]);
                    narrow(token, half);
                    shorts.put(t * 3 * h, half);
                } else {
                    floats.get(t * 3 * h, token);
                    rotate(token, angles, t - offsets[b]);
                    floats.put(t * 3 * h, token);
                }
            }
        }
    }

    private static void widen(short[] halves, float[] values) {
        for (var i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(halves[i] << Short.SIZE);
        }
    }

    /** Rounds to the nearest bfloat16, of two as near to the even one. What is not finite stays so. */
    private static void narrow(float[] values, short[] halves) {
        for (var i = 0; i < values.length; i++) {
            var bits = Float.floatToRawIntBits(values[i]);
            var rounded = Float.isFinite(values[i]) ? bits + 0x7fff + (bits >>> Short.SIZE & 1) : bits;
            halves[i] = (short) (rounded >>> Short.SIZE);
        }
    }

    private void rotate(float[] token, Angles angles, int position) {
        var half = shape.headSize() / 2;
        var cosines = angles.cosines();
        var sines = angles.sines();
        var first = position * half;
        for (var head = 0; head < token.length; head += 2 * half) {
            for (var i = 0; i < half; i++) {
                var a = token[head + i];
                var b = token[head + half + i];
                token[head + i] = a * cosines[first + i] - b * sines[first + i];
                token[head + half + i] = b * cosines[first + i] + a * sines[first + i];
            }
        }
    }
}
