package dev.packhorse.jobs.bench;

import dev.packhorse.engine.EncoderLoop;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.onednn.MatmulPeak;

import dev.packhorse.engine.output.Cosine;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Measures encoders alone, one thread a core, against a bare loop over ONNX Runtime in float32: the same texts, sorted and
 * packed before the clock starts, in turns. The bare loop pools nothing; the encoders do.
 */
final class EncoderBench {

    private final Model model;
    private final List<int[]> rows;
    private final int maxBatchTokens;
    private final int threads;
    private final PrintStream out;

    EncoderBench(Model model, List<int[]> rows, int maxBatchTokens, int threads, PrintStream out) {
        this.model = model;
        this.rows = rows;
        this.maxBatchTokens = maxBatchTokens;
        this.threads = threads;
        this.out = out;
    }

    /** An encoder, what this machine's matmuls reach in its precision, and what was measured of it. */
    private record Contender(EncoderLoop loop, double peak, List<Double> seconds, List<Double> ratios) {}

    void run(int runs) {
        var contenders = contenders();
        try (var bare = BareLoop.open(model, rows, maxBatchTokens)) {
            var bareSeconds = new ArrayList<Double>();
            for (var run = 0; run <= runs; run++) {
                var seconds = bare.run(threads);
                for (var contender : contenders) {
                    var own = contender.loop().run(threads);
                    if (run > 0) { // the first one warms up
                        contender.seconds().add(own);
                        contender.ratios().add(seconds / own);
                    }
                }
                if (run > 0) {
                    bareSeconds.add(seconds);
                }
            }
            out.printf(
                    Locale.ROOT,
                    "encoders, %d runs in turns, medians:%n  %-44s %,.0f tokens/s%n",
                    runs,
                    "bare loop over ONNX Runtime, float32, sorted",
                    bare.tokens() / Statistics.median(bareSeconds));
            show(contenders, bare.tokens());
            out.println();
        } finally {
            contenders.forEach(contender -> contender.loop().close());
        }
    }

    private List<Contender> contenders() {
        var contenders = new ArrayList<Contender>();
        for (var precision : Precision.values()) {
            try {
                var settings = new EngineSettings(model, precision, PathChoice.FAST, maxBatchTokens, 1);
                var loop = EncoderLoop.open(settings, rows);
                try (var peak = new MatmulPeak(precision, threads)) {
                    contenders.add(new Contender(loop, peak.gigaflops(), new ArrayList<>(), new ArrayList<>()));
                }
            } catch (EncoderException e) {
                out.printf("nested %s: not here: %s%n", precision.id(), e.getMessage());
            }
        }
        return contenders;
    }

    private void show(List<Contender> contenders, long tokens) {
        for (var contender : contenders) {
            var seconds = Statistics.median(contender.seconds());
            var gigaflops = contender.loop().operations() / seconds / 1e9;
            out.printf(
                    Locale.ROOT,
                    "  %-44s %,.0f tokens/s, %.2f times (%.2f to %.2f); %.0f GFLOP/s of oneDNN's own %.0f (%.0f%%)%n      %s%n",
                    "nested, %s, %s"
                            .formatted(
                                    contender.loop().info().precision().id(),
                                    contender.loop().info().kernel()),
                    tokens / seconds,
                    Statistics.median(contender.ratios()),
                    contender.ratios().stream().mapToDouble(r -> r).min().orElseThrow(),
                    contender.ratios().stream().mapToDouble(r -> r).max().orElseThrow(),
                    gigaflops,
                    contender.peak(),
                    100 * gigaflops / contender.peak(),
                    shares(contender.loop()));
            if (contender.loop().info().precision() != Precision.FLOAT32) {
                out.printf(
                        Locale.ROOT,
                        "      against float32: cosine %.6f at worst, %.6f mean%n",
                        cosines(contenders.get(0), contender).min().orElseThrow(),
                        cosines(contenders.get(0), contender).average().orElseThrow());
            }
        }
    }

    private static DoubleStream cosines(Contender float32, Contender other) {
        var expected = float32.loop().vectors();
        var found = other.loop().vectors();
        return IntStream.range(0, expected.length).mapToDouble(i -> Cosine.of(expected[i], found[i]));
    }

    private static String shares(EncoderLoop loop) {
        var seconds = loop.seconds();
        var all = seconds.values().stream().mapToDouble(s -> s).sum();
        return seconds.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .map(entry ->
                        String.format(Locale.ROOT, "%s %.1f%%", entry.getKey().id(), 100 * entry.getValue() / all))
                .collect(Collectors.joining(", "));
    }
}
