package dev.packhorse.engine.torch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Whether PyTorch runs on this machine. */
final class Natives {

    private Natives() {}

    /** Skips a test where it does not: the natives on the class path are those for Linux on x86-64. */
    static void assume() {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "needs Linux on x86-64, for which PyTorch's natives are");
    }
}
