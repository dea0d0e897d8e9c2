package dev.packhorse.udf.metrics;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory this process uses, and used at most. Without state: any thread may ask. */
public final class ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMemory() {}

    /** The sum of the heap pools' peaks: never less than the heap's own peak, and close to it. */
    static long peakHeapBytes() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }

    /** VmHWM of proc(5) in bytes; 0 on systems that have no /proc. */
    static long peakResidentBytes() {
        return bytes("VmHWM:");
    }

    /**
     * VmRSS of proc(5), what is in memory now, without the Java heap after a collection: what native libraries hold, in bytes. 0 on
     * systems that have no /proc.
     */
    public static long residentBesideHeapBytes() {
        System.gc();
        var resident = bytes("VmRSS:");
        return resident == 0
                ? 0
                : resident
                        - ManagementFactory.getMemoryMXBean()
                                .getHeapMemoryUsage()
                                .getCommitted();
    }

    private static long bytes(String field) {
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
