package dev.packhorse.engine.gpu;

import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * Any encoder as a device's session: a launch is a call for each batch of it, so that rows of several tasks are not padded to
 * each other's lengths. A part of a batch is packed anew.
 */
public final class EncoderSession implements DeviceSession {

    private final Encoder encoder;
    private final NativeMemory memory;

    /**
     * @param encoder closed with this
     * @param memory for parts of batches; stays the caller's
     */
    public EncoderSession(Encoder encoder, NativeMemory memory) {
        this.encoder = encoder;
        this.memory = memory;
    }

    @Override
    public EncoderInfo info() {
        return encoder.info();
    }

    @Override
    public float[] launch(List<RowSlice> rows) {
        return Vectors.joined(rows, RowSlice.rows(rows) * info().dimension(), this::encode);
    }

    /** @return [rows, D] */
    private float[] encode(RowSlice slice) {
        try {
            if (slice.rows() == slice.batch().size()) {
                return encoder.encode(slice.batch());
            }
            try (var part = NestedBatch.pack(memory, rows(slice))) {
                return encoder.encode(part);
            }
        } catch (RuntimeException e) {
            if (OutOfDeviceMemory.happened(e)) {
                throw new OutOfDeviceMemoryException(e.getMessage(), e);
            }
            if (LostDevice.happened(e)) {
                throw LostDevice.broken(info().device(), e);
            }
            throw e;
        }
    }

    /** Token ids, as they lie in the batch. */
    private static List<int[]> rows(RowSlice slice) {
        var values = slice.batch().values();
        var offsets = slice.batch().offsets();
        var rows = new ArrayList<int[]>();
        for (var b = slice.from(); b < slice.to(); b++) {
            var row = new int[offsets.get(b + 1) - offsets.get(b)];
            values.get(offsets.get(b), row);
            rows.add(row);
        }
        return rows;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
