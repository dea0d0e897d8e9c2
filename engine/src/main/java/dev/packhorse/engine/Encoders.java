package dev.packhorse.engine;

import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Architecture.Opaque;
import dev.packhorse.engine.families.Families;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFiles;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onednn.NestedEncoder;
import dev.packhorse.engine.onednn.OneDnnSupport;
import dev.packhorse.engine.onnx.OnnxEncoder;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.tokenize.Tokenizer;
import dev.packhorse.engine.transformer.TransformerWeights;
import dev.packhorse.engine.weights.WeightsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Chooses the encoder of a model and says why. */
final class Encoders {

    private Encoders() {}

    /**
     * Opens the encoder that the settings ask for; where they leave it open, the nested one if it can be had, else the
     * padded one with the reason.
     *
     * @throws EncoderException when what is asked for cannot be had here
     * @throws ModelException when the model's files are missing, broken or changed
     */
    static Encoder open(EngineSettings settings, NativeMemory memory, Tokenizer tokenizer) {
        if (settings.encoder() == EncoderChoice.PADDED) {
            return padded(settings, tokenizer, "asked for");
        }
        var obstacle = obstacle(settings.model().architecture());
        if (obstacle.isPresent()) {
            return insteadOfNested(settings, tokenizer, obstacle.get());
        }
        try {
            return nested(settings, (Known) settings.model().architecture(), memory, tokenizer);
        } catch (UnknownGraph | EncoderException e) {
            return insteadOfNested(settings, tokenizer, e.getMessage());
        }
    }

    /** @throws ModelException when the model or what was asked for rules out what was asked for, on any machine */
    static void check(Model model, EncoderChoice encoder, Precision precision) {
        var mustBeNested = encoder == EncoderChoice.NESTED || precision != Precision.FLOAT32;
        if (mustBeNested && encoder == EncoderChoice.PADDED) {
            throw new ModelException("--precision %s: expected --encoder auto or nested, for the padded one computes in"
                            .formatted(precision.id())
                    + " float32, found padded");
        }
        if (encoder == EncoderChoice.PADDED && model.onnx().isEmpty()) {
            throw new ModelException(
                    "--encoder padded: expected a model with an ONNX file, found none in " + model.name());
        }
        if (mustBeNested && model.architecture() instanceof Opaque opaque) {
            throw new ModelException(
                    "--encoder %s --precision %s: expected a model that the nested encoder knows, found %s: %s"
                            .formatted(encoder.id(), precision.id(), model.name(), opaque.reason()));
        }
    }

    private static Optional<String> obstacle(Architecture architecture) {
        return architecture instanceof Opaque opaque ? Optional.of(opaque.reason()) : OneDnnSupport.missing();
    }

    private static Encoder insteadOfNested(EngineSettings settings, Tokenizer tokenizer, String reason) {
        if (settings.encoder() == EncoderChoice.NESTED) {
            throw new EncoderException(
                    "--encoder nested: expected a model and a machine that it can run on, found: " + reason);
        }
        return padded(settings, tokenizer, reason);
    }

    private static Encoder padded(EngineSettings settings, Tokenizer tokenizer, String reason) {
        if (settings.precision() != Precision.FLOAT32) {
            throw new EncoderException(
                    "--precision %s: expected the nested encoder, for the padded one computes in float32, found: %s"
                            .formatted(settings.precision().id(), reason));
        }
        if (settings.model().onnx().isEmpty()) {
            throw new EncoderException("%s: expected an ONNX file for the padded encoder, found none; without one: %s"
                    .formatted(settings.model().name(), reason));
        }
        return OnnxEncoder.open(settings.model(), pooler(settings.model(), tokenizer), settings.threads(), reason);
    }

    private static Pooler pooler(Model model, Tokenizer tokenizer) {
        return Pooler.open(model.head(), PromptTokens.of(model, tokenizer));
    }

    private static Encoder nested(EngineSettings settings, Known known, NativeMemory memory, Tokenizer tokenizer) {
        var model = settings.model();
        try (var copies = ModelFiles.copy(model.safetensors().isEmpty() ? model.onnx() : model.safetensors());
                var weights = weights(known, model, copies)) {
            return new NestedEncoder(
                    memory,
                    weights,
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

    private static TransformerWeights weights(Known known, Model model, ModelFiles copies) {
        if (!model.safetensors().isEmpty()) {
            var shards = model.safetensors().stream()
                    .map(file -> new WeightsFile.Shard(file.location().toString(), copies.path(file)))
                    .toList();
            return Families.weights(known, WeightsFile.safetensors(shards.get(0).name(), shards));
        }
        var graph = model.graph().orElseThrow();
        try {
            return Families.weights(
                    known,
                    WeightsFile.onnx(
                            graph.location().toString(), copies.path(graph), copies.besides(graph, model.onnx())));
        } catch (ModelException e) {
            // an optimised or quantised graph: its own runtime may still run it
            throw new UnknownGraph(e);
        }
    }

    /** The weights of a graph could not be found by their names. */
    private static final class UnknownGraph extends RuntimeException {

        private static final long serialVersionUID = 1;

        UnknownGraph(ModelException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
