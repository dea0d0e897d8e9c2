package dev.packhorse.engine.onnx;

import dev.packhorse.engine.EncoderContract;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.nested.NativeMemory;
import org.junit.jupiter.api.BeforeAll;

/** The slow path on the CPU, by the libraries of the build for GPUs: Java classes and libraries are of two makers. */
class GpuBuildContractTest extends EncoderContract {

    @BeforeAll
    static void assume() {
        GpuMachine.assume();
    }

    @Override
    protected Encoder open(NativeMemory memory, Head head) {
        return OnnxEncoder.open(ModelFolder.read(Fixtures.tinyBert()).withHead(head), 1, "a test");
    }
}
