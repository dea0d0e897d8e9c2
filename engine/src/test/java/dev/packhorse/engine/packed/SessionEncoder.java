package dev.packhorse.engine.packed;

import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.InUse;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.gpu.DeviceSession;
import dev.packhorse.engine.gpu.RowSlice;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.util.List;

/** A session as an encoder, one call after the other, without a queue. */
record SessionEncoder(DeviceSession session, InUse inUse) implements Encoder {

    /** The graph's flavour for CPUs. */
    static SessionEncoder onCpu(NativeMemory memory, TransformerWeights weights, Pooler pooler, Precision precision) {
        return new SessionEncoder(
                PackedSession.open(memory, weights, pooler, precision, new Target.Cpu(1)), new InUse("the encoder"));
    }

    @Override
    public EncoderInfo info() {
        return session.info();
    }

    @Override
    public float[] encode(NestedBatch batch) {
        return inUse.use(() -> {
            synchronized (session) {
                return session.launch(List.of(RowSlice.of(batch)));
            }
        });
    }

    @Override
    public void close() {
        inUse.close(session::close);
    }
}
