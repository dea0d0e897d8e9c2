package dev.packhorse.jobs.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A process, told from all others: one that is at the same place can be asked whether it still runs.
 *
 * @param place where process numbers mean the same: the kernel's boot and the namespace of processes; empty where the
 *     system does not tell
 * @param number of the process there
 * @param started when it began, for numbers come again; empty where the system does not tell
 */
record RunProcess(String place, long number, String started) {

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");

    /** This one. */
    static RunProcess current() {
        var process = ProcessHandle.current();
        return new RunProcess(here(), process.pid(), started(process));
    }

    private static String here() {
        try {
            return Files.readString(BOOT).strip() + " " + Files.readSymbolicLink(NAMESPACE);
        } catch (IOException | UnsupportedOperationException e) {
            return ""; // no Linux
        }
    }

    private static String started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("");
    }

    /** Whether it still runs; nothing where that cannot be known from here. */
    Optional<Boolean> runs() {
        if (place.isEmpty() || !place.equals(here())) {
            return Optional.empty();
        }
        return Optional.of(ProcessHandle.of(number)
                .filter(ProcessHandle::isAlive)
                .map(process -> started(process).equals(started))
                .orElse(false));
    }
}
