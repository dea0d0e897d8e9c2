package dev.packhorse.jobs.bench;

import dev.packhorse.engine.DeviceChoice;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.Paths;
import dev.packhorse.engine.Placement;
import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.measure.Batching;
import dev.packhorse.engine.model.Model;
import dev.packhorse.udf.resident.GpuProbe;
import dev.packhorse.udf.rows.Placements;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The encoders that are measured side by side, each with its way to make batches. */
public enum BenchEncoder {
    ONNX("onnx", PathChoice.SLOW, Precision.FLOAT32, false),
    ONNX_SORTED("onnx-sorted", PathChoice.SLOW, Precision.FLOAT32, true),
    PYTORCH("pytorch", PathChoice.PYTORCH, Precision.FLOAT32, false),
    PYTORCH_SORTED("pytorch-sorted", PathChoice.PYTORCH, Precision.FLOAT32, true),
    NESTED_FLOAT32("nested-float32", PathChoice.FAST, Precision.FLOAT32, true),
    NESTED_BFLOAT16("nested-bfloat16", PathChoice.FAST, Precision.BFLOAT16, true),
    NESTED_INT8("nested-int8", PathChoice.FAST, Precision.INT8, true),
    /** Measured where there is a GPU, and nowhere else. */
    NESTED_FLOAT16("nested-float16", PathChoice.FAST, Precision.FLOAT16, true);

    private final String id;
    private final PathChoice path;
    private final Precision precision;
    private final boolean sorted;

    BenchEncoder(String id, PathChoice path, Precision precision, boolean sorted) {
        this.id = id;
        this.path = path;
        this.precision = precision;
        this.sorted = sorted;
    }

    /** The name that options, tables and files use. */
    public String id() {
        return id;
    }

    /**
     * Encoders as people write them, with commas between.
     *
     * @throws IllegalArgumentException for one that there is not
     */
    static List<BenchEncoder> parse(String written) {
        return Arrays.stream(written.split(",", -1))
                .map(name -> Arrays.stream(values())
                        .filter(encoder -> encoder.id.equals(name.strip()))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(name)))
                .distinct()
                .toList();
    }

    static String text(List<BenchEncoder> encoders) {
        return encoders.stream().map(BenchEncoder::id).collect(Collectors.joining(", "));
    }

    Precision precision() {
        return precision;
    }

    /** Whether it is measured with batches as jobs plan them, and not as rows arrive. */
    boolean sorted() {
        return sorted;
    }

    /** Those that differ from it in their batches alone are it, where all have the same batches. */
    boolean ofArrival() {
        return !sorted || path == PathChoice.FAST;
    }

    /** Whether it tells what it spends its time with. */
    boolean profiles() {
        return !readsTorchScript();
    }

    /** Whether it reads a traced file. */
    boolean readsTorchScript() {
        return path == PathChoice.PYTORCH;
    }

    /**
     * Where it runs.
     *
     * @throws dev.packhorse.udf.options.OptionException when a GPU was asked for that is not there
     */
    private Placement placement(Model model, DeviceChoice asked) {
        return asked instanceof DeviceChoice.Auto && precision == Precision.FLOAT16
                ? new Placement(new DeviceChoice.Cuda(Optional.empty()).device())
                : Placements.of(asked, model, path, device -> precision, GpuProbe.here());
    }

    /**
     * What keeps it from running here.
     *
     * @param asked where it is to run
     */
    List<Condition> unmet(Model model, DeviceChoice asked) {
        var device = placement(model, asked).device();
        return switch (path) {
            case SLOW -> Paths.unmetBySlow(model, precision, device);
            case PYTORCH -> Paths.unmetByTorch(model, precision, device);
            case FAST, AUTO -> Paths.inTheWay(model, precision, device);
        };
    }

    /** How the batches are made in the comparison. */
    Batching batching(int maxBatchTokens, int rowsInArrival) {
        return sorted ? new Batching.Planned(maxBatchTokens) : new Batching.Arrival(rowsInArrival);
    }

    /**
     * How it is opened.
     *
     * @param asked where it is to run
     * @param maxBatchTokens the most tokens of a batch
     * @param threads of one call
     */
    EngineSettings settings(Model model, DeviceChoice asked, int maxBatchTokens, int threads) {
        return new EngineSettings(model, precision, path, maxBatchTokens, threads).placed(placement(model, asked));
    }
}
