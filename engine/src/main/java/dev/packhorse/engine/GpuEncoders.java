package dev.packhorse.engine;

import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.gpu.DeviceQueue;
import dev.packhorse.engine.gpu.DeviceSession;
import dev.packhorse.engine.gpu.EncoderSession;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onnx.OnnxEncoder;
import dev.packhorse.engine.packed.PackedSession;
import dev.packhorse.engine.packed.Target;
import dev.packhorse.engine.tokenize.Tokenizer;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Opens the encoder of a model on GPUs by one of the paths, and says why that one. */
final class GpuEncoders {

    /** Batches that wait for a device: enough for the next launch while small ones share it; tokens alone, little memory. */
    private static final int WAITING_PER_DEVICE = 8;

    private GpuEncoders() {}

    /**
     * Opens the encoder that the settings ask for; where they leave it open, the nested one if all conditions of the fast
     * path are met, else the padded one with those that are not.
     *
     * @param gpu what the settings are bound to
     * @throws EncoderException when what is asked for cannot be had here
     * @throws ModelException when the model's files are missing, broken or changed
     */
    static Encoder open(EngineSettings settings, Device.Gpu gpu, NativeMemory memory, Tokenizer tokenizer) {
        var numbers = Gpus.HERE.numbers(gpu);
        Encoders.check(settings.model(), settings.path(), settings.precision(), gpu);
        return switch (settings.path()) {
            case SLOW -> slow(settings, numbers, memory, tokenizer, "slow path: asked for");
            case PYTORCH -> // which check refuses
                throw new EncoderException(Encoders.refusal(settings.path(), List.of(GpuPaths.ofTorch(gpu))));
            case AUTO, FAST -> fastWherePossible(settings, gpu, numbers, memory, tokenizer);
        };
    }

    private static Encoder fastWherePossible(
            EngineSettings settings, Device.Gpu gpu, List<Integer> numbers, NativeMemory memory, Tokenizer tokenizer) {
        var unmet = Paths.inTheWay(settings.model(), settings.precision(), gpu);
        if (!unmet.isEmpty()) {
            return insteadOfFast(settings, numbers, memory, tokenizer, Condition.line(unmet));
        }
        try {
            return fast(settings, numbers, memory, tokenizer);
        } catch (UnmetException e) {
            return insteadOfFast(
                    settings, numbers, memory, tokenizer, e.condition().toString());
        }
    }

    /** @param unmet the conditions of the fast path that are not met, in one line */
    private static Encoder insteadOfFast(
            EngineSettings settings, List<Integer> numbers, NativeMemory memory, Tokenizer tokenizer, String unmet) {
        if (settings.path() == PathChoice.FAST) {
            throw new EncoderException("--path fast: expected its conditions to be met, found: " + unmet);
        }
        var slow = Paths.unmetBySlow(settings.model(), settings.precision(), settings.device());
        if (!slow.isEmpty()) {
            throw new EncoderException(
                    "%s: expected a path for --device %s --precision %s, found neither the fast one (%s) nor the slow one (%s)"
                            .formatted(
                                    settings.model().name(),
                                    settings.device().id(),
                                    settings.precision().id(),
                                    unmet,
                                    Condition.line(slow)));
        }
        return slow(settings, numbers, memory, tokenizer, "slow path, for " + unmet);
    }

    /**
     * The nested encoder.
     *
     * @param numbers of the GPUs, at least one
     * @throws UnmetException when only a look into the weights tells that it cannot be
     */
    private static Encoder fast(
            EngineSettings settings, List<Integer> numbers, NativeMemory memory, Tokenizer tokenizer) {
        return nested(settings, numbers.stream().map(Target.Gpu::new).toList(), memory, tokenizer);
    }

    /** The same on any targets: on a CPU, too, which tests have. */
    static Encoder nested(
            EngineSettings settings, List<? extends Target> targets, NativeMemory memory, Tokenizer tokenizer) {
        var model = settings.model();
        var known = (Known) model.architecture();
        var pooler = Encoders.pooler(model, tokenizer);
        var oneAtATime = new Object(); // a model's weights are on the host once, however many GPUs there are
        return queue(settings, targets, target -> {
            synchronized (oneAtATime) {
                try (var weights = ModelWeights.open(model, known)) {
                    return PackedSession.open(memory, weights.weights(), pooler, settings.precision(), target);
                }
            }
        });
    }

    /**
     * The padded encoder.
     *
     * @param numbers of the GPUs, at least one
     */
    private static Encoder slow(
            EngineSettings settings, List<Integer> numbers, NativeMemory memory, Tokenizer tokenizer, String reason) {
        var pooler = Encoders.pooler(settings.model(), tokenizer);
        return queue(
                settings,
                numbers,
                number -> new EncoderSession(OnnxEncoder.openOnGpu(settings.model(), pooler, number, reason), memory));
    }

    private static <T> Encoder queue(EngineSettings settings, List<T> devices, Function<T, DeviceSession> opener) {
        return DeviceQueue.open(
                devices.stream()
                        .<Supplier<DeviceSession>>map(device -> () -> opener.apply(device))
                        .toList(),
                launchTokens(settings),
                WAITING_PER_DEVICE * devices.size());
    }

    /** Rotary positions are computed by a grid of as many rows as tokens, of which CUDA has 65,535 (rotary_embedding_impl.cu). */
    private static int launchTokens(EngineSettings settings) {
        var wanted = Math.max(settings.maxBatchTokens(), settings.model().maxSeqLength());
        return settings.model().architecture() instanceof Known known
                        && known.shape().layers().stream()
                                .anyMatch(layer -> layer.rotation().turns())
                ? Math.min(wanted, 65_535)
                : wanted;
    }
}
