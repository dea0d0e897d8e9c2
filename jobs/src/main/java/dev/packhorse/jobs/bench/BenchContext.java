package dev.packhorse.jobs.bench;

import dev.packhorse.engine.DeviceChoice;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.onednn.MatmulPeak;
import dev.packhorse.engine.onednn.OneDnnSupport;
import dev.packhorse.jobs.bench.Contest.Contestant;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What all measurements of encoders share.
 *
 * @param cores that are kept busy
 * @param maxBatchTokens the token budget of planned batches
 * @param rows makes the rows
 */
record BenchContext(OptionValues options, Model model, int cores, int maxBatchTokens, BenchRows rows, PrintStream out) {

    int runs() {
        return options.get(BenchOptions.RUNS);
    }

    /** Where encoders are to run. */
    DeviceChoice device() {
        return options.get(EncodeOptions.DEVICE);
    }

    List<BenchEncoder> encoders() {
        return options.get(BenchOptions.ENCODERS);
    }

    /**
     * The one that all are compared with: the one that was asked for, else ONNX Runtime as exported, else the first that runs here.
     *
     * @throws OptionException when the one that was asked for is not among them
     */
    BenchEncoder baseline(List<Contestant> contestants) {
        var running = contestants.stream().map(Contestant::encoder).toList();
        var wanted = options.get(BenchOptions.BASELINE);
        if (running.contains(wanted)) {
            return wanted;
        }
        if (options.isGiven(BenchOptions.BASELINE)) {
            throw new OptionException("--baseline: expected one that is measured and runs here (%s), found %s"
                    .formatted(BenchEncoder.text(running), wanted.id()));
        }
        return running.get(0);
    }

    /** What this machine's bare matmuls reach in each encoder's precision, in gigaflops; not a number where nobody knows, as on GPUs. */
    Map<BenchEncoder, Double> peaks(List<Contestant> contestants) {
        var peaks = new EnumMap<BenchEncoder, Double>(BenchEncoder.class);
        for (var contestant : contestants) {
            if (contestant.loop().info().device() instanceof Device.Gpu) {
                peaks.put(contestant.encoder(), Double.NaN);
                continue;
            }
            var precision = contestant.encoder().precision();
            var known = peaks.keySet().stream()
                    .filter(encoder -> encoder.precision() == precision
                            && !peaks.get(encoder).isNaN())
                    .findFirst();
            peaks.put(contestant.encoder(), known.map(peaks::get).orElseGet(() -> {
                if (OneDnnSupport.missing().isPresent()) {
                    return Double.NaN;
                }
                try (var peak = new MatmulPeak(precision, cores)) {
                    return peak.gigaflops();
                } catch (EncoderException e) {
                    return Double.NaN;
                }
            }));
        }
        return peaks;
    }
}
