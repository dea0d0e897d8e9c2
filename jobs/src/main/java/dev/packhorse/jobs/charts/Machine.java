package dev.packhorse.jobs.charts;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The machine that this process is on, in words. */
public final class Machine {

    private Machine() {}

    /** Its processor, the cores that this process may use, and its memory, as far as the system tells. */
    public static String description() {
        var description =
                "%s, %d cores".formatted(processor(), Runtime.getRuntime().availableProcessors());
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? description + String.format(Locale.ROOT, ", %.0f GiB", system.getTotalMemorySize() / 0x1p30)
                : description;
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown processor");
        } catch (IOException e) {
            return "unknown processor";
        }
    }
}
