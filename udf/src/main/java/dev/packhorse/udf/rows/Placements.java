package dev.packhorse.udf.rows;

import dev.packhorse.engine.DeviceChoice;
import dev.packhorse.engine.Engine;
import dev.packhorse.engine.Gpus;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.Placement;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.resident.GpuProbe;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the device that was asked for to that on which a run computes. Runs on the driver. Thread-safe. */
public final class Placements {

    private static final Logger LOG = LoggerFactory.getLogger(Placements.class);

    private static final Device GPUS = new DeviceChoice.Cuda(Optional.empty()).device();

    /** What was said already: queries decide again and again. */
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private Placements() {}

    /**
     * Where a run computes.
     *
     * @param precision in what numbers it would, on each device
     * @param gpus what the driver knows of them; not asked where a CPU was asked for
     * @throws OptionException when a GPU was asked for that is not there
     */
    public static Placement of(
            DeviceChoice asked, Model model, PathChoice path, Function<Device, Precision> precision, GpuProbe gpus) {
        if (asked instanceof DeviceChoice.Cuda cuda) {
            var device = cuda.device();
            gpus.unmet(device).ifPresent(unmet -> {
                throw new OptionException(Gpus.refusal(device, unmet));
            });
            return new Placement(device);
        }
        return asked instanceof DeviceChoice.Auto && gpus.any()
                ? gpuWherePossible(model, path, precision.apply(GPUS), gpus)
                : new Placement(new Device.Cpu());
    }

    /** Executors may differ: one that cannot use its GPU computes on its CPU if that has such numbers, too. */
    private static Placement gpuWherePossible(Model model, PathChoice path, Precision precision, GpuProbe gpus) {
        return Engine.ruledOut(model, path, precision, GPUS)
                .or(() -> gpus.unmet().map(String::valueOf))
                .map(Placements::onCpuFor)
                .orElseGet(() -> new Placement(GPUS, precision == Precision.FLOAT32, ""));
    }

    private static Placement onCpuFor(String reason) {
        var said = "--device auto: on the CPU, though there is a GPU, for " + reason;
        if (SAID.add(said)) {
            LOG.warn(said);
        }
        return Placement.onCpuFor(said);
    }
}
