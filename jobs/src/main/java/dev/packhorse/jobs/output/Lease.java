package dev.packhorse.jobs.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file in a run's staging folder by which other drivers know that the run is alive.
 *
 * <p>The rule: a run's driver writes its lease anew every {@link #PERIOD}. Who finds one looks whether its process still
 * runs, where that can be known because it would run at the same place. Elsewhere he watches it for {@link #PATIENCE}: a
 * lease that stays the same so long is of a dead run. Clocks are not compared. A driver that stood still for so long and
 * lives on finds that its lease is another's, and fails before it publishes anything.
 */
final class Lease implements AutoCloseable {

    static final String FILE = "lease";

    /** How long a lease must stay the same to be of a dead run. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration PERIOD = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FileSystem files;
    private final Path file;
    private final String run;
    private final Thread writer;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long beat;

    /**
     * What a lease file says.
     *
     * @param ended whether the run gave it up, for another to take
     */
    record Content(String run, RunProcess process, long beat, boolean ended) {}

    private Lease(FileSystem files, Path file, String run) {
        this.files = files;
        this.file = file;
        this.run = run;
        this.writer = new Thread(this::writeUntilClosed, "packhorse-lease");
        writer.setDaemon(true);
    }

    /** Writes a lease into a folder, and again and again until it is closed. */
    static Lease hold(FileSystem files, Path folder, String run) throws IOException {
        var lease = new Lease(files, new Path(folder, FILE), run);
        lease.write();
        lease.writer.start();
        return lease;
    }

    private void write() throws IOException {
        write(files, file, new Content(run, RunProcess.current(), beat++, false));
    }

    /** Gives the lease up, for another run to take at once. */
    void end() throws IOException {
        close();
        write(files, file, new Content(run, RunProcess.current(), beat++, true));
    }

    static void write(FileSystem files, Path file, Content content) throws IOException {
        // never makes the folder again, which another run has taken or deleted
        try (var out = files.createFile(file).overwrite(true).build()) {
            out.write(JSON.writeValueAsBytes(content));
        }
    }

    private void writeUntilClosed() {
        try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                if (!isOurs()) {
                    return; // check() says so to the run
                }
                try {
                    write();
                } catch (IOException | FSError e) { // the second is how Hadoop's local files say that the disk is full
                    LOG.warn("could not write the lease {}; trying again", file, e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether no other process has taken what this lease is for; a run of the same id may be another start of a stream. */
    boolean isOurs() {
        try {
            return parse(read(files, file))
                    .map(found -> found.run().equals(run) && found.process().equals(RunProcess.current()))
                    .orElse(true);
        } catch (FileNotFoundException e) {
            return false;
        } catch (IOException e) {
            return true; // the file system is away for a while
        }
    }

    /** @throws IllegalStateException when another run has taken what this lease is for */
    void check() {
        if (!isOurs()) {
            throw new IllegalStateException(
                    "expected the lease %s of this run, found none or another's: this driver stood still for so long that another run took its work"
                            .formatted(file));
        }
    }

    /**
     * The lease of the run that a staging folder is of, where that is dead. Waits for up to {@code patience} where it runs
     * elsewhere.
     *
     * @return what it says, for {@link #isStill}; nothing where the run is alive
     * @throws IOException when the folder cannot be read
     */
    static Optional<String> ofDead(FileSystem files, Path folder, Duration patience) throws IOException {
        var file = new Path(folder, FILE);
        var first = readOrNothing(files, file);
        if (parse(first).map(Content::ended).orElse(false)) {
            return Optional.of(first);
        }
        var runs = parse(first).flatMap(lease -> lease.process().runs());
        if (runs.isPresent()) {
            return runs.get() ? Optional.empty() : Optional.of(first);
        }
        LOG.info("watching {} for up to {} s, to see whether its run is alive", file, patience.toSeconds());
        var end = System.nanoTime() + patience.toNanos();
        try {
            while (System.nanoTime() < end) {
                Thread.sleep(Math.min(1_000, patience.toMillis()));
                if (!readOrNothing(files, file).equals(first)) {
                    return Optional.empty();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        return Optional.of(first);
    }

    /** Whether a lease says what it said when its run was found dead: a driver may only have stood still. */
    static boolean isStill(FileSystem files, Path folder, String found) throws IOException {
        return readOrNothing(files, new Path(folder, FILE)).equals(found);
    }

    private static String readOrNothing(FileSystem files, Path file) throws IOException {
        try {
            return read(files, file);
        } catch (FileNotFoundException e) {
            return ""; // its run has just begun, or has just ended
        }
    }

    private static String read(FileSystem files, Path file) throws IOException {
        try (var in = files.open(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Optional<Content> parse(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(JSON.readValue(text, Content.class));
        } catch (JsonProcessingException e) {
            return Optional.empty(); // half written
        }
    }

    /** Writes no more. */
    @Override
    public void close() {
        closed.countDown(); // and no interrupt: a file system may swallow it, or leave half a file
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
