package dev.packhorse.engine;

import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onednn.NestedEncoder;
import dev.packhorse.engine.onnx.OnnxEncoder;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.reference.PlainEncoder;
import dev.packhorse.engine.tokenize.Tokenizer;
import dev.packhorse.engine.torch.TorchEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Opens the encoder of a model by one of the paths, and says why that one. */
final class Encoders {

    private Encoders() {}

    /**
     * Opens the encoder that the settings ask for; where they leave it open, the nested one if all conditions of the fast
     * path are met, else the padded one with those that are not: on ONNX Runtime, or on PyTorch where a model has nothing
     * but a TorchScript file.
     *
     * @throws EncoderException when what is asked for cannot be had here
     * @throws ModelException when the model's files are missing, broken or changed
     */
    static Encoder open(EngineSettings settings, NativeMemory memory, Tokenizer tokenizer) {
        return settings.device() instanceof Device.Gpu gpu
                ? GpuEncoders.open(settings, gpu, memory, tokenizer)
                : onCpu(settings, memory, tokenizer);
    }

    private static Encoder onCpu(EngineSettings settings, NativeMemory memory, Tokenizer tokenizer) {
        return switch (settings.path()) {
            case SLOW -> {
                check(settings.model(), settings.path(), settings.precision(), settings.device());
                yield slow(settings, tokenizer, "slow path: asked for");
            }
            case PYTORCH -> {
                var unmet = Paths.unmetByTorch(settings.model(), settings.precision(), settings.device());
                if (!unmet.isEmpty()) {
                    throw new EncoderException(refusal(settings.path(), unmet));
                }
                yield torch(settings, tokenizer, "PyTorch: asked for");
            }
            case AUTO, FAST -> fastWherePossible(settings, memory, tokenizer);
        };
    }

    private static Encoder fastWherePossible(EngineSettings settings, NativeMemory memory, Tokenizer tokenizer) {
        var unmet = Paths.inTheWay(settings.model(), settings.precision(), settings.device());
        if (!unmet.isEmpty()) {
            return insteadOfFast(settings, tokenizer, Condition.line(unmet));
        }
        try {
            return fast(settings, (Known) settings.model().architecture(), memory, tokenizer);
        } catch (UnmetException e) {
            return insteadOfFast(settings, tokenizer, e.condition().toString());
        } catch (EncoderException e) { // oneDNN has no optimised kernels for the model's sizes on this CPU
            return insteadOfFast(settings, tokenizer, "kernels: " + e.getMessage());
        }
    }

    /** @throws ModelException when the model or what was asked for rules out what was asked for, on any machine */
    static void check(Model model, PathChoice path, Precision precision, Device device) {
        ruledOut(model, path, precision, device).ifPresent(why -> {
            throw new ModelException(why);
        });
    }

    /** Why the model or what was asked for rules out what was asked for, on any machine; empty where it does not. */
    static Optional<String> ruledOut(Model model, PathChoice path, Precision precision, Device device) {
        var slow = Paths.ofSlow(model, precision);
        var fast = Paths.ofFast(model, precision, device);
        var torch = Paths.ofTorch(model, precision, device);
        return switch (path) {
            case SLOW -> slow.isEmpty() ? Optional.empty() : Optional.of(refusal(path, slow));
            case PYTORCH -> torch.isEmpty() ? Optional.empty() : Optional.of(refusal(path, torch));
            case FAST -> fast.isEmpty() ? Optional.empty() : Optional.of(noPath(model, path, precision, device));
            case AUTO ->
                fast.isEmpty() || slow.isEmpty() || (model.isTracedAlone() && torch.isEmpty())
                        ? Optional.empty()
                        : Optional.of(noPath(model, path, precision, device));
        };
    }

    private static String noPath(Model model, PathChoice path, Precision precision, Device device) {
        var slow = Paths.ofSlow(model, precision);
        var torch = Paths.ofTorch(model, precision, device);
        return "%s--path %s --precision %s: expected a model for the fast path, found %s: %s"
                        .formatted(
                                device instanceof Device.Gpu ? "--device " + device.id() + " " : "",
                                path.id(),
                                precision.id(),
                                model.name(),
                                Condition.line(Paths.ofFast(model, precision, device)))
                + (slow.isEmpty() ? "" : "; and not for the slow one, for " + Condition.line(slow))
                + (model.isTracedAlone() ? "; and not for PyTorch's, for " + Condition.line(torch) : "");
    }

    /** What to say where the path that was asked for cannot be taken. */
    static String refusal(PathChoice path, List<Condition> unmet) {
        return "--path %s: expected its conditions to be met, found: %s".formatted(path.id(), Condition.line(unmet));
    }

    /** @param unmet the conditions of the fast path that are not met, in one line */
    private static Encoder insteadOfFast(EngineSettings settings, Tokenizer tokenizer, String unmet) {
        if (settings.path() == PathChoice.FAST) {
            throw new EncoderException("--path fast: expected its conditions to be met, found: " + unmet);
        }
        if (settings.model().isTracedAlone()) {
            return insteadOfBoth(settings, tokenizer, unmet);
        }
        var slow = Paths.unmetBySlow(settings.model(), settings.precision(), settings.device());
        if (!slow.isEmpty()) {
            throw new EncoderException(
                    "%s: expected a path for --precision %s, found neither the fast one (%s) nor the slow one (%s)"
                            .formatted(
                                    settings.model().name(),
                                    settings.precision().id(),
                                    unmet,
                                    Condition.line(slow)));
        }
        return slow(settings, tokenizer, "slow path, for " + unmet);
    }

    private static Encoder insteadOfBoth(EngineSettings settings, Tokenizer tokenizer, String fast) {
        var unmet = Paths.unmetByTorch(settings.model(), settings.precision(), settings.device());
        if (!unmet.isEmpty()) {
            throw new EncoderException(
                    "%s: expected a path for --precision %s, found neither the fast one (%s) nor the slow one, nor PyTorch's (%s)"
                            .formatted(
                                    settings.model().name(),
                                    settings.precision().id(),
                                    fast,
                                    Condition.line(unmet)));
        }
        return torch(settings, tokenizer, "PyTorch, for " + fast);
    }

    private static Encoder torch(EngineSettings settings, Tokenizer tokenizer, String reason) {
        return TorchEncoder.open(settings.model(), pooler(settings.model(), tokenizer), settings.threads(), reason);
    }

    private static Encoder slow(EngineSettings settings, Tokenizer tokenizer, String reason) {
        var pooler = pooler(settings.model(), tokenizer);
        var threads = 1 + settings.threadsInPool();
        return settings.calls() == 1 && settings.threads() > 1
                ? OnnxEncoder.openAlone(settings.model(), pooler, threads, reason)
                : OnnxEncoder.open(settings.model(), pooler, threads, reason);
    }

    /** The reference for a model without an ONNX file: it is of a known family, or it would not have been read. */
    static Encoder plain(Model model, Tokenizer tokenizer) {
        try (var weights = ModelWeights.open(model, (Known) model.architecture())) {
            return new PlainEncoder(weights.weights(), pooler(model, tokenizer));
        }
    }

    static Pooler pooler(Model model, Tokenizer tokenizer) {
        return Pooler.open(model.head(), PromptTokens.of(model, tokenizer));
    }

    private static Encoder fast(EngineSettings settings, Known known, NativeMemory memory, Tokenizer tokenizer) {
        var model = settings.model();
        try (var weights = ModelWeights.open(model, known)) {
            return new NestedEncoder(
                    memory,
                    weights.weights(),
                    pooler(model, tokenizer),
                    settings.precision(),
                    Math.max(settings.maxBatchTokens(), model.maxSeqLength()),
                    settings.precision() == Precision.INT8 ? calibration(tokenizer) : List.of(),
                    settings.threads());
        }
    }

    /** Texts of many kinds and languages: the same for every model and machine, so that vectors are too. */
    private static List<int[]> calibration(Tokenizer tokenizer) {
        try (var in = Encoders.class.getResourceAsStream("calibration.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> tokenizer.tokenize(line).ids())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
