package dev.packhorse.engine.onednn;

import dev.packhorse.engine.contract.Precision;
import java.util.Optional;

/** Says whether oneDNN can be had in this process, and what this CPU does with it. Thread-safe. */
public final class OneDnnSupport {

    private static final Optional<String> MISSING = load();

    private OneDnnSupport() {}

    /** Loads the library; loading runs once, whoever asks first. */
    private static Optional<String> load() {
        try {
            Class.forName("org.bytedeco.dnnl.global.dnnl", false, OneDnnSupport.class.getClassLoader());
            OneDnn.hasVnni();
            return Optional.empty();
        } catch (ClassNotFoundException e) {
            return Optional.of("oneDNN is not on the class path");
        } catch (LinkageError | RuntimeException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            return Optional.of("oneDNN cannot be loaded on %s %s: %s"
                    .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), cause.getMessage()));
        }
    }

    /** Why there is no oneDNN in this process; empty where there is. */
    public static Optional<String> missing() {
        return MISSING;
    }

    /**
     * Whether this CPU multiplies matrices of such numbers. Ask only where oneDNN is not {@link #missing}; else
     * LinkageError.
     */
    public static boolean computes(Precision precision) {
        return switch (precision) {
            case FLOAT32, INT8 -> true;
            case BFLOAT16 -> OneDnn.hasBfloat16();
            case FLOAT16 -> false; // a matter of GPUs, whatever the CPU has
        };
    }

    /** The CPU's instructions, as oneDNN calls them. Ask only where it is not {@link #missing}; else LinkageError. */
    public static String cpu() {
        return OneDnn.isa();
    }

    /** The fastest precision whose vectors are as good as float32's: bfloat16 where the CPU has it in hardware. */
    public static Precision best() {
        return MISSING.isEmpty() && OneDnn.hasBfloat16() ? Precision.BFLOAT16 : Precision.FLOAT32;
    }
}
