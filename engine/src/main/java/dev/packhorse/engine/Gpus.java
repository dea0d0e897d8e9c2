package dev.packhorse.engine;

import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.onnx.CudaSupport;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The GPUs that this process can compute on, by their places among those that it sees, from 0. Thread-safe. */
public final class Gpus {

    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");

    /** Those of this machine. */
    static final Gpus HERE = new Gpus(CudaSupport::missing, CudaSupport::devices, CudaSupport::missing);

    private final Supplier<Optional<String>> missing;
    private final IntSupplier count;
    private final IntFunction<Optional<String>> missingOne;

    /**
     * @param missing why none can be used; empty where they can
     * @param count how many there are; asked where none is missing
     * @param missingOne why one of them cannot be used; empty where it can
     */
    Gpus(Supplier<Optional<String>> missing, IntSupplier count, IntFunction<Optional<String>> missingOne) {
        this.missing = missing;
        this.count = count;
        this.missingOne = missingOne;
    }

    /** Whether this process sees a GPU, be it one that it cannot use. */
    public static boolean any() {
        return HERE.count.getAsInt() > 0;
    }

    /** What keeps engines from computing on all of these, on this machine; nothing where they can. */
    Optional<Condition> unmet(Device.Gpu gpu) {
        return misnamed(gpu)
                .or(() -> missing.get()
                        .map(why -> new Condition("cuda", "a GPU that ONNX Runtime can use", "none: " + why)))
                .or(() -> numbers(gpu.addresses())
                        .mapToObj(this::unmet)
                        .flatMap(Optional::stream)
                        .findFirst());
    }

    private static Optional<Condition> misnamed(Device.Gpu gpu) {
        return gpu.addresses().stream()
                .filter(address -> !NUMBER.matcher(address).matches())
                .findFirst()
                .map(address -> new Condition(
                        "address",
                        "GPUs by their numbers",
                        "'%s'; let Spark's discovery script print indices".formatted(address)));
    }

    private Optional<Condition> unmet(int number) {
        var there = count.getAsInt();
        if (number >= there) {
            return Optional.of(new Condition(
                    "cuda", "a GPU %d on this machine".formatted(number), there == 0 ? "none" : list(there)));
        }
        return missingOne
                .apply(number)
                .map(why -> new Condition("cuda", "a GPU %d to use".formatted(number), "none: " + why));
    }

    private static String list(int there) {
        return "%d %s (%s)"
                .formatted(
                        there,
                        there == 1 ? "GPU" : "GPUs",
                        IntStream.range(0, there).mapToObj(String::valueOf).collect(Collectors.joining(", ")));
    }

    /** All of the machine's, where none are named: none of them, then, is as bad as one that is not there. */
    private IntStream numbers(List<String> addresses) {
        return addresses.isEmpty()
                ? IntStream.range(0, Math.max(1, count.getAsInt()))
                : addresses.stream().mapToInt(Integer::parseInt).distinct().sorted();
    }

    /**
     * The numbers of the GPUs that a device means, in ascending order; all of the machine's where it names none.
     *
     * @throws EncoderException when one of them is not there or cannot be used
     */
    List<Integer> numbers(Device.Gpu gpu) {
        unmet(gpu).ifPresent(condition -> {
            throw new EncoderException(refusal(gpu, condition));
        });
        return numbers(gpu.addresses()).boxed().toList();
    }

    /** What to say where a GPU that was asked for is not to be had. */
    public static String refusal(Device.Gpu gpu, Condition condition) {
        return "--device %s: expected %s, found %s; --device auto takes a GPU where there is one, and --device cpu none"
                .formatted(gpu.id(), condition.expected(), condition.found());
    }

    /** The same settings, or those of the CPU where the machine cannot compute as they say and need not. */
    EngineSettings orCpu(EngineSettings settings) {
        if (!settings.placement().orCpu() || !(settings.device() instanceof Device.Gpu gpu)) {
            return settings;
        }
        return unmet(gpu)
                .map(condition -> Placement.onCpuFor("bound to %s, not on it, for %s".formatted(gpu.id(), condition)))
                // a budget for a GPU would take a core's memory for each task
                .map(cpu -> settings.placed(cpu)
                        .withMaxBatchTokens(
                                Math.min(settings.maxBatchTokens(), EngineSettings.usualBatchTokens(cpu.device()))))
                .orElse(settings);
    }
}
