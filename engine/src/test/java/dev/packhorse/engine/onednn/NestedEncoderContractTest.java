package dev.packhorse.engine.onednn;

import dev.packhorse.engine.EncoderContract;
import dev.packhorse.engine.NestedMachine;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.pooling.Pooler;
import org.junit.jupiter.api.BeforeAll;

class NestedEncoderContractTest extends EncoderContract {

    @BeforeAll
    static void needsOneDnn() {
        NestedMachine.assume();
    }

    @Override
    protected Encoder open(NativeMemory memory, Head head) {
        return TinyEncoders.open(memory, Precision.FLOAT32, Pooler.open(head, 0));
    }
}
