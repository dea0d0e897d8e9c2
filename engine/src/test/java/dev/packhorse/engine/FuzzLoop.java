package dev.packhorse.engine;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Tries broken files, as many as there is time for. Each must be read or refused, and soon. */
public final class FuzzLoop {

    /** Of the processor's time: on a busy machine, that of the clock says nothing. */
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private FuzzLoop() {}

    /** Makes broken files and tries them; a ModelException is an answer like any other. */
    public interface Fuzz {

        /**
         * Tries one.
         *
         * @param seed decides all that is random
         * @return whether it could be read
         */
        boolean tryOne(long seed) throws IOException;
    }

    /** Makes a fuzz whose files are in a folder, one at a time; the last stays there when an exception is thrown. */
    @FunctionalInterface
    public interface Opening {
        Fuzz in(Path folder) throws Exception;
    }

    /** For hours, by hand: the arguments are seconds and a seed. */
    public static void main(String[] arguments, Opening opening) throws Exception {
        var folder = Files.createTempDirectory("packhorse-fuzz-");
        var seed = Long.parseLong(arguments[1]);
        try {
            System.out.println(run(opening.in(folder), Duration.ofSeconds(Long.parseLong(arguments[0])), seed));
        } catch (AssertionError e) {
            System.out.println("the file is in " + folder);
            throw e;
        }
    }

    /** What a run tried. */
    public record Tried(long seed, int files, int read) {

        @Override
        public String toString() {
            return "seed %d: %d files, of which %d could be read".formatted(seed, files, read);
        }
    }

    /** Reads a file or refuses it. */
    @FunctionalInterface
    public interface Reading {
        void read();
    }

    /**
     * Tries one seed after the other, as many as there is time for.
     *
     * @throws AssertionError which tells the seed of the file that was not refused as it should
     */
    public static Tried run(Fuzz fuzz, Duration time, long seed) throws IOException {
        var end = System.nanoTime() + time.toNanos();
        var files = 0;
        var read = 0;
        while (System.nanoTime() < end) {
            read += fuzz.tryOne(seed + files) ? 1 : 0;
            files++;
        }
        return new Tried(seed, files, read);
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
