package dev.packhorse.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.packhorse.engine.onednn.OneDnnSupport;

/** Skips what needs the nested encoder where oneDNN cannot be had, with one line that says why. */
public final class NestedMachine {

    private NestedMachine() {}

    public static void assume() {
        assumeTrue(
                OneDnnSupport.missing().isEmpty(),
                () -> "needs the nested encoder: " + OneDnnSupport.missing().orElseThrow());
    }
}
