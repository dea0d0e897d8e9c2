package dev.packhorse.engine;

import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Architecture.Opaque;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.onednn.OneDnnSupport;
import dev.packhorse.engine.torch.TorchSupport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which paths a model can take on this machine, and what is in the way of the others. Thread-safe. */
public final class Paths {

    private Paths() {}

    /**
     * The conditions of the fast path that are not met here: of the model's configuration, of this machine, of the weights.
     *
     * @throws ModelException when the model's files are missing, broken or changed
     */
    public static List<Condition> unmetByFast(Model model, Precision precision) {
        var unmet = new ArrayList<>(inTheWay(model, precision));
        unmet.addAll(ofWeights(model));
        return unmet;
    }

    /**
     * Those of them that only a look into the weights tells, the same for each precision; copies the files.
     *
     * @throws ModelException when the model's files are missing, broken or changed
     */
    public static List<Condition> ofWeights(Model model) {
        if (model.architecture() instanceof Known known && !model.isTracedAlone()) {
            try (var weights = ModelWeights.open(model, known)) {
                // found: that is all
            } catch (UnmetException e) {
                return List.of(e.condition());
            }
        }
        return List.of();
    }

    /** Those of them that are known without a look into the weights. */
    public static List<Condition> inTheWay(Model model, Precision precision) {
        var unmet = new ArrayList<>(ofModel(model));
        OneDnnSupport.missing()
                .map(reason -> new Condition("onednn", "oneDNN for this machine", reason))
                .or(() -> ofPrecision(precision))
                .ifPresent(unmet::add);
        return unmet;
    }

    /** Those of them that are the same on all machines. */
    static List<Condition> ofModel(Model model) {
        var unmet = new ArrayList<Condition>();
        if (model.architecture() instanceof Opaque opaque) {
            unmet.addAll(opaque.failed());
        }
        ofFiles(model).ifPresent(unmet::add);
        ofGraph(model).ifPresent(unmet::add);
        ofWords(model).ifPresent(unmet::add);
        return unmet;
    }

    /** PyTorch names the weights in a TorchScript file as it likes. */
    private static Optional<Condition> ofFiles(Model model) {
        return model.isTracedAlone()
                ? Optional.of(new Condition(
                        "weights",
                        "a safetensors or ONNX file",
                        "only " + model.torchscript().get(0).path()))
                : Optional.empty();
    }

    /** Our own layers compute the vectors of the last layer's tokens, and nothing else that a graph may give. */
    private static Optional<Condition> ofGraph(Model model) {
        if (!model.onnxOutput().isEmpty()) {
            return Optional.of(new Condition("onnx-output", "none asked for", model.onnxOutput()));
        }
        return model.head().poolings().isEmpty()
                ? Optional.of(new Condition("pooling", "a vector for each token", "a graph that pools them itself"))
                : Optional.empty();
    }

    /** A Java buffer shows no more. */
    private static Optional<Condition> ofWords(Model model) {
        if (!(model.architecture() instanceof Known known)) {
            return Optional.empty();
        }
        var bytes = (long) known.shape().vocabulary() * known.shape().embedding() * Float.BYTES;
        return bytes <= Integer.MAX_VALUE
                ? Optional.empty()
                : Optional.of(new Condition("vocab_size", "a table of words of less than 2 GiB", bytes + " bytes"));
    }

    private static Optional<Condition> ofPrecision(Precision precision) {
        return OneDnnSupport.computes(precision)
                ? Optional.empty()
                : Optional.of(new Condition(
                        "precision", "a CPU that computes in " + precision.id(), "one with " + OneDnnSupport.cpu()));
    }

    /** What keeps all encoders from computing on a device; nothing for the CPU. */
    public static Optional<Condition> unmetOn(Device device) {
        return device instanceof Device.Gpu
                ? Optional.of(new Condition("device", "cpu, for there is no encoder for GPUs yet", device.id()))
                : Optional.empty();
    }

    /** The conditions of the slow path that are not met. */
    public static List<Condition> unmetBySlow(Model model, Precision precision) {
        var unmet = new ArrayList<Condition>();
        if (model.onnx().isEmpty()) {
            unmet.add(new Condition("onnx", "an ONNX file", "none in " + model.name()));
        }
        if (precision != Precision.FLOAT32) {
            unmet.add(new Condition("precision", "float32, in which ONNX Runtime computes here", precision.id()));
        }
        return unmet;
    }

    /** The conditions of PyTorch's path that are not met here. */
    public static List<Condition> unmetByTorch(Model model, Precision precision) {
        var unmet = new ArrayList<>(ofTorchModel(model, precision));
        TorchSupport.missing()
                .map(missing -> new Condition("pytorch", "PyTorch's natives on the class path", missing))
                .ifPresent(unmet::add);
        return unmet;
    }

    /** Those of them that are the same on all machines. */
    static List<Condition> ofTorchModel(Model model, Precision precision) {
        var unmet = new ArrayList<Condition>();
        if (model.torchscript().isEmpty()) {
            unmet.add(new Condition("torchscript", "a .pt file", "none in " + model.name()));
        }
        if (!model.onnxOutput().isEmpty()) {
            unmet.add(new Condition("onnx-output", "none asked for", model.onnxOutput()));
        }
        if (precision != Precision.FLOAT32) {
            unmet.add(new Condition("precision", "float32, in which PyTorch computes here", precision.id()));
        }
        return unmet;
    }
}
