package dev.packhorse.jobs.bench;

import dev.packhorse.engine.DeviceChoice;
import dev.packhorse.engine.EncoderLoop;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Opened;
import dev.packhorse.engine.measure.Batching;
import dev.packhorse.engine.model.Model;
import dev.packhorse.udf.metrics.ProcessMemory;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Encoders that are open side by side and run in turns, so that what slows the machine down for a while slows down all of them.
 * Not thread-safe: one thread opens, runs and closes it.
 */
final class Contest implements AutoCloseable {

    private static final int WARM_RUNS = 20;
    private static final double WARM_SECONDS = 4;

    private final int calls;
    private final List<Contestant> contestants;
    private final Opened opened;

    private Contest(int calls, List<Contestant> contestants, Opened opened) {
        this.calls = calls;
        this.contestants = List.copyOf(contestants);
        this.opened = opened;
    }

    /**
     * One that runs here.
     *
     * @param bytes of resident memory beside the Java heap that opening it and warming it up added to the process's; the first of
     *     several that share a library pays for that, too
     */
    record Contestant(BenchEncoder encoder, EncoderLoop loop, long bytes) {}

    /**
     * What one of them took.
     *
     * @param seconds [runs] of a whole run
     * @param latencies [runs * batches] seconds of a batch, in its caller's eyes
     */
    record Times(double[] seconds, double[] latencies) {

        Times {
            seconds = seconds.clone();
            latencies = latencies.clone();
        }
    }

    /**
     * How they run.
     *
     * @param threads of one call
     * @param calls at the same time
     * @param roomTokens the most tokens of a batch that is ever loaded
     * @param device where they are to run
     */
    record Setting(int threads, int calls, int roomTokens, DeviceChoice device) {}

    /** An encoder on GPUs may want to know how many feed it; those on CPUs have the threads of one call. */
    private static EngineSettings settings(BenchEncoder encoder, Model model, Setting setting) {
        var settings = encoder.settings(model, setting.device(), setting.roomTokens(), setting.threads());
        return settings.device() instanceof Device.Gpu
                ? settings.computing(setting.threads(), setting.calls())
                : settings;
    }

    /**
     * Opens those that run here and lets each run once, to warm up; says of the others why they do not.
     *
     * @param rows N arrays of token ids
     * @throws ModelException when none does
     */
    static Contest open(
            List<BenchEncoder> wanted,
            Model model,
            List<int[]> rows,
            Function<BenchEncoder, Batching> batching,
            Setting setting,
            PrintStream out) {
        var opened = new Opened();
        var contestants = new ArrayList<Contestant>();
        try {
            for (var encoder : wanted) {
                var unmet = encoder.unmet(model, setting.device());
                if (!unmet.isEmpty()) {
                    out.printf("%s: not here: %s%n", encoder.id(), Condition.line(unmet));
                    continue;
                }
                try {
                    var before = ProcessMemory.residentBesideHeapBytes();
                    var loop = warm(
                            EncoderLoop.open(settings(encoder, model, setting), rows, batching.apply(encoder)),
                            setting.calls());
                    opened.add(loop);
                    contestants.add(new Contestant(encoder, loop, ProcessMemory.residentBesideHeapBytes() - before));
                } catch (EncoderException
                        | ModelException e) { // one bad file of several is no reason to measure nothing
                    out.printf("%s: not here: %s%n", encoder.id(), e.getMessage());
                }
            }
            if (contestants.isEmpty()) {
                throw new ModelException("%s: expected an encoder of %s that runs here, found none"
                        .formatted(model.name(), BenchEncoder.text(wanted)));
            }
            return new Contest(setting.calls(), contestants, opened);
        } catch (RuntimeException | Error e) {
            opened.closeAfter(e);
            throw e;
        }
    }

    /** Runs it long enough for the JVM's compilers, and once at least; closes it where it fails. */
    private static EncoderLoop warm(EncoderLoop loop, int calls) {
        try {
            var seconds = 0.0;
            for (var run = 0; run < WARM_RUNS && seconds < WARM_SECONDS; run++) {
                seconds += loop.run(calls);
            }
            return loop;
        } catch (RuntimeException | Error e) {
            loop.close();
            throw e;
        }
    }

    /** Those that run here, in the order in which they were wanted. */
    List<Contestant> contestants() {
        return contestants;
    }

    /** Gives all of them other rows, and lets each run once. */
    void load(List<int[]> rows, Function<BenchEncoder, Batching> batching) {
        for (var contestant : contestants) {
            contestant.loop().load(rows, batching.apply(contestant.encoder()));
            contestant.loop().run(calls);
        }
    }

    /** Runs all in turns, so many times. */
    Map<BenchEncoder, Times> run(int runs) {
        var seconds = new LinkedHashMap<BenchEncoder, double[]>();
        var latencies = new LinkedHashMap<BenchEncoder, double[]>();
        for (var run = 0; run < runs; run++) {
            for (var contestant : contestants) {
                var loop = contestant.loop();
                seconds.computeIfAbsent(contestant.encoder(), unused -> new double[runs])[run] = loop.run(calls);
                var batches = loop.latencies();
                System.arraycopy(
                        batches,
                        0,
                        latencies.computeIfAbsent(contestant.encoder(), unused -> new double[runs * batches.length]),
                        run * batches.length,
                        batches.length);
            }
        }
        var times = new LinkedHashMap<BenchEncoder, Times>();
        seconds.forEach((encoder, values) -> times.put(encoder, new Times(values, latencies.get(encoder))));
        return times;
    }

    @Override
    public void close() {
        opened.close();
    }
}
