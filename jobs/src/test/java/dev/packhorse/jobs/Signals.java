package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/** Signals that Java does not send itself. */
final class Signals {

    private Signals() {}

    /** Lets a process stand still. */
    static void stop(ProcessHandle process) {
        send("STOP", process);
    }

    /** Lets it go on. */
    static void goOn(ProcessHandle process) {
        send("CONT", process);
    }

    private static void send(String signal, ProcessHandle process) {
        try {
            var kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start();
            assertThat(kill.waitFor()).as("exit code of kill -%s", signal).isZero();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
