package dev.packhorse.engine.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.packhorse.engine.contract.Device;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * With what a session computes.
 *
 * @param threads how many threads of the CPU a call may compute with, its own included
 * @param alone whether there is one call at a time, so that a pool that waits by spinning slows nobody down
 * @param gpu index of the one to compute on; empty for the CPU
 * @param profile how the file's name begins that gets a profile; empty for none
 */
record Computing(int threads, boolean alone, OptionalInt gpu, Optional<Path> profile) {

    /** What contracts call it. */
    Device device() {
        return gpu.isPresent() ? new Device.Gpu(String.valueOf(gpu.getAsInt())) : new Device.Cpu();
    }

    /**
     * A session's options; the caller closes them.
     *
     * @throws OrtException when the runtime does not take them, or has no such GPU
     */
    OrtSession.SessionOptions options() throws OrtException {
        var options = OnnxRuntimes.options();
        try {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setInterOpNumThreads(1);
            options.setIntraOpNumThreads(threads);
            // a waiting pool must not take cores from the tasks beside it
            options.addConfigEntry("session.intra_op.allow_spinning", alone ? "1" : "0");
            // batches come in hundreds of shapes: a memory plan kept for each would only grow
            options.setMemoryPatternOptimization(false);
            if (gpu.isPresent()) {
                CudaSupport.addTo(options, gpu.getAsInt());
            }
            if (profile.isPresent()) {
                options.enableProfiling(profile.get().toString());
            }
            return options;
        } catch (OrtException | RuntimeException e) {
            options.close();
            throw e;
        }
    }
}
