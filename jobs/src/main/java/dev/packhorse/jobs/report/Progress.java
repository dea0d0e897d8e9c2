package dev.packhorse.jobs.report;

import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Prints a line about a run that is under way, again and again until it is closed: from a thread of its own, which ends
 * then. Whoever starts it closes it, from one thread.
 */
public final class Progress implements AutoCloseable {

    /** Set by the launcher where the output is a terminal, on which a line can be written over. */
    private static final String TERMINAL_PROPERTY = "packhorse.terminal";

    private static final Duration TERMINAL_PERIOD = Duration.ofSeconds(1);
    private static final Duration LOG_PERIOD = Duration.ofSeconds(10);

    private final RunMonitor monitor;
    private final OptionalLong totalRows;
    private final PrintStream out;
    private final boolean terminal;
    private final long started = System.nanoTime();
    private final Thread printer;
    private boolean printed;

    private Progress(RunMonitor monitor, OptionalLong totalRows, PrintStream out, boolean terminal) {
        this.monitor = monitor;
        this.totalRows = totalRows;
        this.out = out;
        this.terminal = terminal;
        this.printer = new Thread(this::printUntilInterrupted, "packhorse-progress");
        printer.setDaemon(true);
    }

    /**
     * Starts printing.
     *
     * @param totalRows rows of the source, where they were counted
     * @param out gets the lines
     */
    public static Progress start(RunMonitor monitor, OptionalLong totalRows, PrintStream out) {
        var progress = new Progress(monitor, totalRows, out, Boolean.getBoolean(TERMINAL_PROPERTY));
        progress.printer.start();
        return progress;
    }

    private void printUntilInterrupted() {
        try {
            while (true) {
                Thread.sleep((terminal ? TERMINAL_PERIOD : LOG_PERIOD).toMillis());
                print();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void print() {
        var counts = monitor.report().total();
        if (counts.get(Count.TOKENS) == 0) {
            return;
        }
        var line = line(counts, totalRows, Duration.ofNanos(System.nanoTime() - started));
        // a terminal's line is written over, so it must cover what was there
        out.print(terminal ? "\r" + line + "    " : line + System.lineSeparator());
        out.flush();
        printed = true;
    }

    /** The line for these counts after that time. */
    static String line(Counts counts, OptionalLong totalRows, Duration elapsed) {
        var done = counts.get(Count.ENCODED_ROWS) + counts.get(Count.DUPLICATES) + counts.errors();
        var chunks = counts.get(Count.CHUNKS) - counts.get(Count.CHUNKED_ROWS); // each but the first is a row more
        var rate = counts.get(Count.TOKENS) / (elapsed.toMillis() / 1000.0);
        return String.format(
                Locale.ROOT,
                "rows %,d%s | %,.0f tokens/s | padding %.1f%% | %s",
                done,
                totalRows.isPresent() ? String.format(Locale.ROOT, " of %,d", totalRows.getAsLong() + chunks) : "",
                rate,
                100 * counts.paddingShare(),
                timeLeft(counts, totalRows, rate));
    }

    /**
     * From tokens and not from rows: a task encodes the longest rows of its window first, so that rows come slowly at
     * first and then ever faster.
     */
    private static String timeLeft(Counts counts, OptionalLong totalRows, double tokensPerSecond) {
        var read = counts.get(Count.ROWS);
        if (totalRows.isEmpty() || read == 0 || tokensPerSecond == 0) {
            return "time left unknown";
        }
        var pending = counts.get(Count.PENDING_TOKENS);
        var meanTokens = (double) (counts.get(Count.TOKENS) + pending) / read;
        var tokensLeft = pending + Math.max(0, totalRows.getAsLong() - read) * meanTokens;
        var seconds = Math.round(tokensLeft / tokensPerSecond);
        return seconds < 3600
                ? "%d:%02d left".formatted(seconds / 60, seconds % 60)
                : "%d:%02d:%02d left".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    @Override
    public void close() {
        printer.interrupt();
        try {
            printer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (terminal && printed) {
            out.println();
        }
    }
}
