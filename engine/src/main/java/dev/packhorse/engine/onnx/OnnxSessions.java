package dev.packhorse.engine.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** How sessions are set up. */
final class OnnxSessions {

    private OnnxSessions() {}

    static OrtSession.SessionOptions options(int threads) throws OrtException {
        var options = new OrtSession.SessionOptions();
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
        options.setInterOpNumThreads(1);
        options.setIntraOpNumThreads(threads);
        // a waiting pool must not take cores from the tasks beside it
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        // batches come in hundreds of shapes: a memory plan kept for each would only grow
        options.setMemoryPatternOptimization(false);
        return options;
    }
}
