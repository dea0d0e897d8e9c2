package dev.packhorse.engine.torch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtEngineProvider;
import ai.djl.pytorch.jni.JniUtils;
import dev.packhorse.engine.contract.EncoderException;

/**
 * PyTorch's library in this process, as DJL unpacks and loads it: into {@code .djl.ai} in the user's home, in the temporary
 * folder where that cannot be written, or wherever {@code DJL_CACHE_DIR} says. Nothing is ever fetched. Thread-safe.
 */
final class TorchLibrary {

    private static boolean loaded;

    private TorchLibrary() {}

    /**
     * Loads it, once.
     *
     * @throws EncoderException when it cannot be loaded here
     */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        TorchSupport.missing().ifPresent(missing -> {
            throw new EncoderException("pytorch: expected PyTorch's natives on the class path, found " + missing);
        });
        // else DJL would fetch what it lacks, and tell its makers of machines at Amazon's
        System.setProperty("ai.djl.offline", "true");
        var thread = Thread.currentThread();
        var context = thread.getContextClassLoader();
        thread.setContextClassLoader(TorchSupport.loader()); // where DJL looks for everything
        try {
            var provider = new PtEngineProvider();
            Engine.registerEngine(provider); // DJL may have looked for engines from a thread that saw none
            provider.getEngine();
            loaded = true;
            oneStepAtATime();
        } catch (EngineException | LinkageError e) {
            throw new EncoderException(
                    "pytorch: expected natives that this machine loads (%s %s), found: %s"
                            .formatted(
                                    System.getProperty("os.name"), System.getProperty("os.arch"), TorchFailure.of(e)),
                    e);
        } finally {
            thread.setContextClassLoader(context);
        }
    }

    /** Steps of a module beside each other would only take cores from other tasks; too late where somebody ran one. */
    private static void oneStepAtATime() {
        if (JniUtils.getNumInteropThreads() != 1) {
            try {
                JniUtils.setNumInteropThreads(1);
            } catch (EngineException e) {
                return;
            }
        }
    }

    /** How many threads the calling thread's next calls may compute with, its own included. */
    static void computeWith(int threads) {
        if (JniUtils.getNumThreads() != threads) {
            JniUtils.setNumThreads(threads);
        }
    }
}
