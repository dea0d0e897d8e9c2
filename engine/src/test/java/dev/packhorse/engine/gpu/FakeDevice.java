package dev.packhorse.engine.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.Precision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A session without a device. A row's vector tells of its length, its tokens and their order; a test may look at each launch
 * before it computes, and hold it, or let it fail. Checks that one thread has it for itself.
 */
final class FakeDevice implements DeviceSession {

    static final int D = 3;

    /** A launch with this token fails. */
    static final int POISON = 666_666;

    /** Of each launch, what its slices were: the batch's rows, from where to where. */
    final List<String> launches = Collections.synchronizedList(new ArrayList<>());

    private final EncoderInfo info;
    private volatile Consumer<List<RowSlice>> before = rows -> {};
    private volatile int memory = Integer.MAX_VALUE;
    private volatile Thread thread;
    private volatile boolean closed;

    private FakeDevice(EncoderInfo info) {
        this.info = info;
    }

    FakeDevice(String address) {
        this(new EncoderInfo(
                "fake", new Device.Gpu(address), Precision.FLOAT16, "loops", D, false, "it is a test of " + address));
    }

    static FakeDevice of(EncoderInfo info) {
        return new FakeDevice(info);
    }

    /** Runs something first, in each launch. */
    FakeDevice before(Consumer<List<RowSlice>> work) {
        before = work;
        return this;
    }

    /** Has memory for so many tokens at once. */
    FakeDevice withMemoryFor(int tokens) {
        memory = tokens;
        return this;
    }

    /** For several, one after the other. */
    static List<Supplier<DeviceSession>> openers(FakeDevice... devices) {
        return Stream.of(devices)
                .<Supplier<DeviceSession>>map(device -> device::open)
                .toList();
    }

    private DeviceSession open() {
        assertThat(thread).isNull();
        thread = Thread.currentThread();
        return this;
    }

    Thread thread() {
        return thread;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public float[] launch(List<RowSlice> rows) {
        assertThat(Thread.currentThread()).isSameAs(thread);
        assertThat(closed).isFalse();
        launches.add(rows.stream()
                .map(slice -> "%d:%d-%d".formatted(slice.batch().size(), slice.from(), slice.to()))
                .toList()
                .toString());
        before.accept(rows);
        var tokens = rows.stream().mapToInt(RowSlice::tokens).sum();
        if (tokens > memory) {
            throw new OutOfDeviceMemoryException("no room for " + tokens, new IllegalStateException("CUDA failure 2"));
        }
        var vectors = new float[rows.stream().mapToInt(RowSlice::rows).sum() * D];
        var at = 0;
        for (var slice : rows) {
            for (var row : rows(slice)) {
                System.arraycopy(vector(row), 0, vectors, at, D);
                at += D;
            }
        }
        return vectors;
    }

    private static List<int[]> rows(RowSlice slice) {
        var rows = new ArrayList<int[]>();
        var offsets = slice.batch().offsets();
        for (var b = slice.from(); b < slice.to(); b++) {
            var row = new int[offsets.get(b + 1) - offsets.get(b)];
            slice.batch().values().get(offsets.get(b), row);
            rows.add(row);
        }
        return rows;
    }

    /** What it makes of a row, [D]. */
    static float[] vector(int[] row) {
        var vector = new float[] {row.length, 0, 0};
        for (var t = 0; t < row.length; t++) {
            if (row[t] == POISON) {
                throw new EncoderException("poison");
            }
            vector[1] += row[t];
            vector[2] += (t + 1) * (row[t] % 31);
        }
        return vector;
    }

    @Override
    public void close() {
        assertThat(Thread.currentThread()).isSameAs(thread);
        assertThat(closed).isFalse();
        closed = true;
    }
}
