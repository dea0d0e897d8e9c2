package dev.packhorse.jobs.embed;

import dev.packhorse.jobs.output.WrittenFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All sinks of a run, in the order of their steps: Parquet at last, for readers see its files as soon as they are written.
 *
 * @param beside the others
 */
record Sinks(ParquetSink parquet, List<Sink> beside) {

    /** All rows to each of them; the first that fails is the last that is asked. */
    void write(FinishedRows rows) {
        all().forEach(sink -> sink.write(rows));
    }

    /** What the Parquet files hold. */
    WrittenFiles written() {
        return parquet.written();
    }

    /** Publishes in each of them, also where one of them fails. */
    void publish() {
        each(Sink::publish);
    }

    /** Discards in each of them, also where one of them fails. */
    void discard() {
        each(Sink::discard);
    }

    private List<Sink> all() {
        var all = new ArrayList<>(beside);
        all.add(parquet);
        return all;
    }

    private void each(Consumer<Sink> step) {
        var failed = Optional.<RuntimeException>empty();
        for (var sink : all()) {
            try {
                step.accept(sink);
            } catch (RuntimeException e) {
                failed.ifPresent(e::addSuppressed);
                failed = Optional.of(e);
            }
        }
        failed.ifPresent(e -> {
            throw e;
        });
    }
}
