package dev.packhorse.engine.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** How sessions are set up. */
final class OnnxSessions {

    private OnnxSessions() {}

    /**
     * Options of a session.
     *
     * @param threads how many threads a call may compute with, its own included
     * @param alone whether there is one call at a time, so that a pool that waits by spinning slows nobody down
     */
    static OrtSession.SessionOptions options(int threads, boolean alone) throws OrtException {
        var options = OnnxRuntimes.options();
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
        options.setInterOpNumThreads(1);
        options.setIntraOpNumThreads(threads);
        // a waiting pool must not take cores from the tasks beside it
        options.addConfigEntry("session.intra_op.allow_spinning", alone ? "1" : "0");
        // batches come in hundreds of shapes: a memory plan kept for each would only grow
        options.setMemoryPatternOptimization(false);
        return options;
    }
}
