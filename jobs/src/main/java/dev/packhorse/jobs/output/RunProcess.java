package dev.packhorse.jobs.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process, told from all others: one that is at the same place can be asked whether it still runs.
 *
 * @param place where process numbers mean the same: the kernel's boot and the namespace of processes; empty where the
 *     system does not tell
 * @param number of the process there
 * @param started when it began, in ticks since the kernel's boot, for numbers come again: a clock may be set; empty where
 *     the system does not tell
 */
record RunProcess(String place, long number, String started) {

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");

    /** This one. */
    static RunProcess current() {
        var number = ProcessHandle.current().pid();
        return new RunProcess(here(), number, started(number));
    }

    private static String here() {
        try {
            return Files.readString(BOOT).strip() + " " + Files.readSymbolicLink(NAMESPACE);
        } catch (IOException | UnsupportedOperationException e) {
            return ""; // no Linux
        }
    }

    /** Field 22 of /proc/PID/stat, see proc(5); the second one is a name in brackets, which may hold anything. */
    private static String started(long number) {
        try {
            var stat = Files.readString(Path.of("/proc/" + number + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether it still runs; nothing where that cannot be known from here. */
    Optional<Boolean> runs() {
        if (place.isEmpty() || !place.equals(here())) {
            return Optional.empty();
        }
        return Optional.of(ProcessHandle.of(number)
                .filter(ProcessHandle::isAlive)
                .map(process -> started(number).equals(started))
                .orElse(false));
    }
}
