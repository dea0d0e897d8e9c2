package dev.packhorse.engine;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/** Tries broken files, as many as there is time for. Each must be read or refused, and soon. */
public final class FuzzLoop {

    /** Of the processor's time: on a busy machine, that of the clock says nothing. */
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private FuzzLoop() {}

    /** Makes a file and tries it; a ModelException is an answer like any other. */
    @FunctionalInterface
    public interface Attempt {

        /** @param seed decides all that is random */
        void run(long seed) throws IOException;
    }

    /** Reads a file or refuses it. */
    @FunctionalInterface
    public interface Reading {
        void read();
    }

    /**
     * Tries one seed after the other.
     *
     * @return how many
     */
    public static int run(Duration time, long seed, Attempt attempt) throws IOException {
        var end = System.nanoTime() + time.toNanos();
        var files = 0;
        while (System.nanoTime() < end) {
            attempt.run(seed + files);
            files++;
        }
        return files;
    }

    /**
     * Reads one file.
     *
     * @param name what messages must begin with
     * @return whether it could be read; else it was refused
     * @throws AssertionError which tells the seed of the file that was not refused as it should
     */
    public static boolean read(long seed, String name, Reading reading) {
        var begin = THREADS.getCurrentThreadCpuTime();
        var done = false;
        try {
            reading.read();
            done = true;
        } catch (ModelException e) {
            requireNamed(name, e);
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed " + seed, e);
        }
        var took = Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - begin);
        if (took.compareTo(LONGEST) > 0) {
            throw new AssertionError("seed %d took %s".formatted(seed, took));
        }
        return done;
    }

    /** @throws AssertionError when a refusal does not say which file it is about */
    public static void requireNamed(String name, ModelException e) {
        if (!e.getMessage().startsWith(name)) {
            throw new AssertionError("a message without the file's name", e);
        }
    }
}
