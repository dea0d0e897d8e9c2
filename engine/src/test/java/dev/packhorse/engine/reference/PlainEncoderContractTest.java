package dev.packhorse.engine.reference;

import dev.packhorse.engine.EncoderContract;
import dev.packhorse.engine.TinyBertWeights;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.pooling.Pooler;

class PlainEncoderContractTest extends EncoderContract {

    @Override
    protected Encoder open(NativeMemory memory, Head head) {
        try (var weights = TinyBertWeights.open()) {
            return new PlainEncoder(weights, Pooler.open(head, 0));
        }
    }
}
