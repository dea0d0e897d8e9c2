package dev.packhorse.engine.gpu;

import dev.packhorse.engine.EncoderContract;
import dev.packhorse.engine.TinyBertWeights;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.reference.PlainEncoder;
import java.util.List;
import java.util.function.Supplier;

/** A queue is an encoder like any other: here before two that compute in plain loops. */
class DeviceQueueContractTest extends EncoderContract {

    @Override
    protected Encoder open(NativeMemory memory, Head head) {
        Supplier<DeviceSession> opener = () -> new EncoderSession(plain(head), memory);
        return DeviceQueue.open(List.of(opener, opener), 512, 4);
    }

    private static Encoder plain(Head head) {
        try (var weights = TinyBertWeights.open()) {
            return new PlainEncoder(weights, Pooler.open(head, 0));
        }
    }
}
