package dev.packhorse.engine.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says whether PyTorch can be had in this process. Loads nothing. Thread-safe. */
public final class TorchSupport {

    /** Of PyTorch, as these jars have it. */
    static final String VERSION = "2.7.1";

    /** What PyTorch's path needs on the class path, as Maven calls it. */
    static final List<String> JARS = List.of(
            "ai.djl.pytorch:pytorch-engine:0.35.1",
            "ai.djl.pytorch:pytorch-jni:" + VERSION + "-0.35.1",
            "ai.djl.pytorch:pytorch-native-cpu:" + VERSION + ":linux-x86_64");

    /** What is in each of these jars and in no other. */
    private static final List<String> INSIDE = List.of(
            "ai/djl/pytorch/engine/PtEngineProvider.class",
            "jnilib/pytorch.properties",
            "native/lib/pytorch.properties");

    private TorchSupport() {}

    /** Why there is no PyTorch in this process; empty where there is. */
    public static Optional<String> missing() {
        var missing = new ArrayList<String>();
        for (var i = 0; i < JARS.size(); i++) {
            if (loader().getResource(INSIDE.get(i)) == null) {
                missing.add(JARS.get(i));
            }
        }
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "none; add " + String.join(", ", missing) + ", which ./packhorse does with --path pytorch");
    }

    /** Where its jars are looked for: the loader of our own classes, unless a cluster loads jars apart. */
    static ClassLoader loader() {
        var own = TorchSupport.class.getClassLoader();
        var context = Thread.currentThread().getContextClassLoader();
        return context == null || own.getResource(INSIDE.get(2)) != null ? own : context;
    }
}
