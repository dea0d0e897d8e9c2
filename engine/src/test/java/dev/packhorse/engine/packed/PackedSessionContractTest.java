package dev.packhorse.engine.packed;

import dev.packhorse.engine.EncoderContract;
import dev.packhorse.engine.TinyBertWeights;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.pooling.Pooler;

class PackedSessionContractTest extends EncoderContract {

    @Override
    protected Encoder open(NativeMemory memory, Head head) {
        try (var weights = TinyBertWeights.open()) {
            return SessionEncoder.onCpu(memory, weights, Pooler.open(head, 0), Precision.FLOAT32);
        }
    }
}
