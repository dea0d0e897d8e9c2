package dev.packhorse.jobs.explain;

import dev.packhorse.engine.DeviceChoice;
import dev.packhorse.engine.Engine;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.Paths;
import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Architecture.Opaque;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFile;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.jobs.embed.EmbedJob;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.resident.GpuProbe;
import dev.packhorse.udf.rows.EngineChoice;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes the options of the embed job, so that one word of a command tells what the job would do, and prints what the model
 * is, which path each device and precision would take on this machine, with the conditions that are not met, and at last, by
 * opening it, the line that a job's log and manifest would have. Immutable.
 */
public final class Explain {

    private static final Device CPU = new DeviceChoice.Cpu().device();
    private static final Device CUDA = new DeviceChoice.Cuda(Optional.empty()).device();

    private final OptionValues options;
    private final Model model;
    private final PrintStream out;

    private Explain(OptionValues options, Model model, PrintStream out) {
        this.options = options;
        this.model = model;
        this.out = out;
    }

    /**
     * Checks what the options say of texts and vectors.
     *
     * @param out gets the lines
     * @throws RuntimeException (OptionException, ModelException or TokenizerException) naming what does not fit
     */
    public static Explain of(OptionValues options, Model model, PrintStream out) {
        EmbedJob.checkTexts(options, model);
        return new Explain(options, model, out);
    }

    /**
     * Prints all of it.
     *
     * @throws ModelException when no path can be taken as the options ask for it; the message has the conditions
     */
    public void run() {
        line("model", model.name());
        line("revision", model.revision());
        line("inside", inside(model.architecture()));
        line("texts", texts());
        line(
                "vectors",
                "%d numbers: %s".formatted(model.dimension(), model.head().description()));
        files().forEach(file -> line("file", file));
        for (var precision : Precision.values()) {
            line("fingerprint", model.fingerprint(precision) + " in " + precision.id());
        }
        var ofWeights = Paths.ofWeights(model);
        for (var precision : Precision.values()) {
            line("cpu", precision.id() + ": " + path(precision, ofWeights, CPU));
        }
        if (!model.torchscript().isEmpty() && !model.isTracedAlone()) {
            line("pytorch", "with --path pytorch: " + pytorch());
        }
        cuda(ofWeights);
        line("this run", thisRun());
    }

    private void line(String name, String text) {
        out.println("%-12s %s".formatted(name, text));
    }

    private static String inside(Architecture architecture) {
        return architecture instanceof Known known
                ? known.modelType() + ": " + sizes(known.shape())
                : "not of a family that the fast path knows; " + ((Opaque) architecture).reason();
    }

    private static String sizes(TransformerShape shape) {
        return String.format(
                Locale.ROOT,
                "%d layers of %d, %d heads, %,d token ids, %,d positions",
                shape.layers().size(),
                shape.hidden(),
                shape.heads(),
                shape.vocabulary(),
                shape.positions());
    }

    private String texts() {
        var prompt = model.texts().prompt();
        return "at most %d tokens%s%s"
                .formatted(
                        model.maxSeqLength(),
                        model.texts().lowerCase() ? ", lower-cased" : "",
                        prompt.isEmpty() ? "" : ", after the prompt '" + prompt + "'");
    }

    private List<String> files() {
        return Stream.of(
                        model.safetensors().stream(),
                        model.onnx().stream(),
                        model.torchscript().stream(),
                        Stream.of(model.tokenizer()))
                .flatMap(stream -> stream)
                .map(ModelFile::location)
                .map(String::valueOf)
                .toList();
    }

    /** Where none can be used, one line for all that models and precisions would do with it. */
    private void cuda(List<Condition> ofWeights) {
        Paths.unmetOn(CUDA).ifPresentOrElse(unmet -> line("cuda", "any precision: no path; " + unmet), () -> {
            for (var precision : Precision.values()) {
                line("cuda", precision.id() + ": " + path(precision, ofWeights, CUDA));
            }
        });
    }

    /** @param ofWeights what the weights do not meet, whatever the precision */
    private String path(Precision precision, List<Condition> ofWeights, Device device) {
        var fast = new ArrayList<>(Paths.inTheWay(model, precision, device));
        fast.addAll(ofWeights);
        if (fast.isEmpty()) {
            return "fast path, nested: all conditions met";
        }
        var slow = Paths.unmetBySlow(model, precision, device);
        var torch = model.isTracedAlone() ? Paths.unmetByTorch(model, precision, device) : List.<Condition>of();
        var pytorch = model.isTracedAlone() && torch.isEmpty();
        var lines = new ArrayList<String>();
        lines.add(slow.isEmpty() ? "slow path, padded" : pytorch ? "PyTorch, padded" : "no path");
        lines.add("not fast, for " + Condition.line(fast));
        if (!slow.isEmpty()) {
            lines.add("not slow, for " + Condition.line(slow));
        }
        if (!torch.isEmpty()) {
            lines.add("not PyTorch, for " + Condition.line(torch));
        }
        return String.join("; ", lines);
    }

    /** Of a model whose TorchScript file is taken where somebody asks for it; with that file's fingerprint. */
    private String pytorch() {
        var unmet = Paths.unmetByTorch(model, Precision.FLOAT32, CPU);
        return unmet.isEmpty()
                ? "float32, padded: all conditions met; fingerprint "
                        + PathChoice.PYTORCH.of(model).fingerprint(Precision.FLOAT32)
                : "no path, for " + Condition.line(unmet);
    }

    /** What the engine says that the options ask for; opened, so that it is what a job would get. */
    private String thisRun() {
        try (var engine =
                Engine.open(EngineChoice.of(options, model, GpuProbe.here()).settings(model))) {
            return engine.info().toString();
        } catch (EncoderException e) {
            throw new ModelException(e.getMessage(), e);
        }
    }
}
