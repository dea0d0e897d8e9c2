package dev.packhorse.engine.packed;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.gpu.RowSlice;
import dev.packhorse.engine.onnx.GraphSession;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.TransformerShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The rows of a launch laid out as a graph is fed, and the room for its answer. Direct buffers, grown when needed and used
 * again; one thread at a time.
 */
final class PackedFeeds {

    private final TransformerShape shape;
    private final Pooler pooler;
    private final int widthMultiple;
    private final Map<PackedInput, IntBuffer> feeds = new EnumMap<>(PackedInput.class);
    private final int[] counted; // [longest row, rounded up] 0, 1, ..
    private final int[] staged; // of the same size: a row's token ids
    private final int[] computed; // of the same size
    private FloatBuffer answer = floats(0);
    private int rows;
    private int tokens;
    private int width;

    /** @param widthMultiple what the rectangle's width is rounded up to a multiple of */
    PackedFeeds(Set<PackedInput> inputs, TransformerShape shape, Pooler pooler, int widthMultiple) {
        this.shape = shape;
        this.pooler = pooler;
        this.widthMultiple = widthMultiple;
        inputs.forEach(input -> feeds.put(input, ints(0)));
        var longest = rounded(shape.positions());
        this.counted = IntStream.range(0, longest).toArray();
        this.staged = new int[longest];
        this.computed = new int[longest];
    }

    /**
     * Lays rows out and makes room for an answer of so many numbers a row.
     *
     * @throws EncoderException when a row is too long or too short for the model, or has a token id that is none of its own
     */
    void fill(List<RowSlice> slices, int dimension) {
        measure(slices);
        feeds.replaceAll((input, buffer) -> cleared(buffer, size(input)));
        var row = 0;
        var token = 0;
        var sums = feeds.get(PackedInput.CUMULATIVE_LENGTHS).put(0, 0);
        for (var slice : slices) {
            var offsets = slice.batch().offsets();
            var values = slice.batch().values();
            for (var b = slice.from(); b < slice.to(); b++) {
                var length = offsets.get(b + 1) - offsets.get(b);
                fillRow(values, offsets.get(b), length, row, token);
                token += length;
                sums.put(++row, token);
            }
        }
        fillPadding();
        answer = answer.capacity() < rows * dimension ? floats(rows * dimension) : answer;
        answer.clear().limit(rows * dimension);
    }

    private void measure(List<RowSlice> slices) {
        rows = 0;
        tokens = 0;
        var longest = 1;
        for (var slice : slices) {
            var offsets = slice.batch().offsets();
            rows += slice.rows();
            tokens = Math.addExact(tokens, slice.tokens());
            for (var b = slice.from(); b < slice.to(); b++) {
                var length = offsets.get(b + 1) - offsets.get(b);
                pooler.check(length);
                longest = Math.max(longest, length);
            }
        }
        if (longest > shape.positions()) {
            throw new EncoderException(
                    "expected rows of at most %d tokens, found one of %d".formatted(shape.positions(), longest));
        }
        width = rounded(longest);
    }

    private int rounded(int length) {
        return (length + widthMultiple - 1) / widthMultiple * widthMultiple;
    }

    private int size(PackedInput input) {
        return switch (input) {
            case TOKEN_IDS, POSITIONS, PLACES -> tokens;
            case TOKEN_OFFSET -> cells();
            case CUMULATIVE_LENGTHS -> rows + 1;
        };
    }

    private int cells() {
        if ((long) rows * width > Integer.MAX_VALUE / Integer.BYTES) {
            throw new EncoderException(
                    "expected a launch that Java's buffers hold, found %d rows of %d tokens".formatted(rows, width));
        }
        return rows * width;
    }

    /**
     * In bulk, row by row: it happens while the device waits.
     *
     * @param from where the row begins among its batch's tokens
     * @param row its number in this launch
     * @param first where it begins among this launch's tokens
     */
    private void fillRow(IntBuffer values, int from, int length, int row, int first) {
        values.get(from, staged, 0, length);
        var padding = check(length);
        feed(PackedInput.TOKEN_IDS, first, staged, length);
        feed(PackedInput.POSITIONS, first, padding ? positions(length) : counted, length);
        feed(PackedInput.PLACES, first, counted, length);
        feed(PackedInput.TOKEN_OFFSET, first, cells(row * width, length), length);
    }

    /** @return whether there is a padding token among those that are staged */
    private boolean check(int length) {
        var padding = false;
        for (var t = 0; t < length; t++) {
            var id = staged[t];
            if (id < 0 || id >= shape.vocabulary()) {
                throw new EncoderException("expected a token id below %d, found %d".formatted(shape.vocabulary(), id));
            }
            padding |= id == shape.padding();
        }
        return padding;
    }

    /** Those of the tokens that are staged, of which some are padding; [length], good until the next call. */
    private int[] positions(int length) {
        var position = 0;
        for (var t = 0; t < length; t++) {
            computed[t] = staged[t] == shape.padding() ? shape.positions() : position++;
        }
        return computed;
    }

    /** Numbers from one on, [count], good until the next call. */
    private int[] cells(int from, int count) {
        for (var i = 0; i < count; i++) {
            computed[i] = from + i;
        }
        return computed;
    }

    /** The cells that no token has, behind those that tokens have. */
    private void fillPadding() {
        var sums = feeds.get(PackedInput.CUMULATIVE_LENGTHS);
        var at = tokens;
        for (var row = 0; row < rows; row++) {
            var length = sums.get(row + 1) - sums.get(row);
            feed(PackedInput.TOKEN_OFFSET, at, cells(row * width + length, width - length), width - length);
            at += width - length;
        }
    }

    private void feed(PackedInput input, int at, int[] values, int count) {
        var buffer = feeds.get(input);
        if (buffer != null) {
            buffer.put(at, values, 0, count);
        }
    }

    /** What goes into the graph, by its names; good until the next filling. */
    Map<String, GraphSession.Feed> feeds() {
        var all = new HashMap<String, GraphSession.Feed>();
        feeds.forEach((input, numbers) -> all.put(input.id(), new GraphSession.Feed(numbers, dimensions(input))));
        return all;
    }

    private long[] dimensions(PackedInput input) {
        return switch (input) {
            case TOKEN_IDS, POSITIONS, PLACES, CUMULATIVE_LENGTHS -> new long[] {size(input)};
            case TOKEN_OFFSET -> new long[] {rows, width};
        };
    }

    /** B of the launch. */
    int rows() {
        return rows;
    }

    /** What is fed as one input, from 0 to the limit. */
    IntBuffer feed(PackedInput input) {
        return feeds.get(input);
    }

    /** Where the graph's answer goes, from 0 to the limit. */
    FloatBuffer answer() {
        return answer;
    }

    private static IntBuffer cleared(IntBuffer buffer, int size) {
        return (buffer.capacity() < size ? ints(size) : buffer).clear().limit(size);
    }

    private static IntBuffer ints(int size) {
        return direct(size, Integer.BYTES).asIntBuffer();
    }

    private static FloatBuffer floats(int size) {
        return direct(size, Float.BYTES).asFloatBuffer();
    }

    private static ByteBuffer direct(int size, int bytes) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(size, bytes)).order(ByteOrder.nativeOrder());
    }
}
