package dev.packhorse.engine.torch;

import dev.packhorse.engine.EncoderContract;
import dev.packhorse.engine.TorchFixtures;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.pooling.Pooler;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class TorchEncoderContractTest extends EncoderContract {

    @TempDir
    Path folder;

    @BeforeAll
    static void assume() {
        Natives.assume();
    }

    @Override
    protected Encoder open(NativeMemory memory, Head head) {
        var model = ModelFolder.read(TorchFixtures.alone("tiny-bert", folder)).withHead(head);
        return TorchEncoder.open(model, Pooler.open(head, 0), 1, "a test");
    }
}
