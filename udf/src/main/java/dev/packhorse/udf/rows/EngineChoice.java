package dev.packhorse.udf.rows;

import dev.packhorse.engine.DeviceChoice;
import dev.packhorse.engine.Engine;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.Placement;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.resident.GpuProbe;
import java.util.List;
import java.util.Optional;

/**
 * Which engine the options ask for, held against the model. Decided on the driver, for all executors: a run's vectors are of
 * one precision.
 *
 * @param precision what {@code auto} means here, too
 * @param placement where it computes
 */
public record EngineChoice(PathChoice path, Precision precision, int maxBatchTokens, Placement placement) {

    /**
     * Checks, before a run begins, that there can be such an engine somewhere.
     *
     * @throws RuntimeException (OptionException or ModelException) when the model rules it out
     */
    public static void check(OptionValues options, Model model) {
        var refused = possible(options.get(EncodeOptions.DEVICE)).stream()
                .map(device -> ruledOut(options, model, device))
                .toList();
        if (refused.stream().allMatch(Optional::isPresent)) {
            throw new ModelException(refused.get(0).orElseThrow());
        }
    }

    /** The first of them is the one that messages tell of. */
    private static List<Device> possible(DeviceChoice asked) {
        var cpu = new DeviceChoice.Cpu().device();
        if (asked instanceof DeviceChoice.Cuda cuda) {
            return List.of(cuda.device());
        }
        return asked instanceof DeviceChoice.Auto
                ? List.of(cpu, new DeviceChoice.Cuda(Optional.empty()).device())
                : List.of(cpu);
    }

    private static Optional<String> ruledOut(OptionValues options, Model model, Device device) {
        var path = options.get(EncodeOptions.PATH);
        return Engine.ruledOut(model, path, options.get(EncodeOptions.PRECISION).on(model, path, device), device);
    }

    /**
     * What the options say, for a model.
     *
     * @param gpus what is known of the run's
     * @throws RuntimeException (OptionException or ModelException) when the model rules it out, or a GPU is not there that was
     *     asked for
     */
    public static EngineChoice of(OptionValues options, Model model, GpuProbe gpus) {
        var path = options.get(EncodeOptions.PATH);
        var asked = options.get(EncodeOptions.PRECISION);
        var placement = Placements.of(
                options.get(EncodeOptions.DEVICE), model, path, device -> asked.on(model, path, device), gpus);
        var precision = asked.on(model, path, placement.device());
        Engine.ruledOut(model, path, precision, placement.device()).ifPresent(why -> {
            throw new ModelException(
                    placement.reason().isEmpty() ? why : "%s; and %s".formatted(why, placement.reason()));
        });
        var budget = options.find(EncodeOptions.MAX_BATCH_TOKENS)
                .orElseGet(() -> EngineSettings.usualBatchTokens(placement.device()));
        return new EngineChoice(path, precision, budget, placement);
    }

    /** How the model is opened, on one thread: tasks know how many cores they have. */
    public EngineSettings settings(Model model) {
        return new EngineSettings(model, precision, path, maxBatchTokens, 1).placed(placement);
    }
}
