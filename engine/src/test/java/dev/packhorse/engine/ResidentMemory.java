package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory this process holds, native memory included, as Linux counts it. */
public final class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private static final long NOISE = 64; // MiB

    private ResidentMemory() {}

    /** Something that leaves nothing behind. */
    @FunctionalInterface
    public interface Round {
        void run(int times);
    }

    /**
     * Does something again and again. What leaks, leaks each time; a heap that is used for the first time grows once or twice.
     *
     * @param what is done 200 times, for the log
     */
    public static void assertNoLeak(String what, Round round) throws IOException {
        round.run(50); // what libraries keep for good, they take at first
        var grown = Long.MAX_VALUE;
        for (var attempt = 0; attempt < 3 && grown >= NOISE; attempt++) {
            var before = bytes();
            round.run(200);
            grown = (bytes() - before) >> 20;
            System.out.printf("200 %s: resident memory grew by %d MiB%n", what, grown);
        }
        assertThat(grown).as("MiB").isLessThan(NOISE);
    }

    /** Bytes; skips the test on systems that do not say. */
    public static long bytes() throws IOException {
        assumeTrue(Files.exists(STATUS), "needs /proc/self/status");
        return Files.readAllLines(STATUS).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .findFirst()
                        .orElseThrow()
                * 1024;
    }
}
