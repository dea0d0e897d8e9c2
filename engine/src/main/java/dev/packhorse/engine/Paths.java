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
    public static List<Condition> unmetByFast(Model model, Precision precision, Device device) {
        var unmet = new ArrayList<>(inTheWay(model, precision, device));
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
    public static List<Condition> inTheWay(Model model, Precision precision, Device device) {
        var unmet = new ArrayList<>(ofFast(model, precision, device));
        if (device instanceof Device.Gpu) {
            unmetOn(device).ifPresent(unmet::add);
        } else {
            ofCpu(precision).ifPresent(unmet::add);
        }
        return unmet;
    }

    private static Optional<Condition> ofCpu(Precision precision) {
        return OneDnnSupport.missing()
                .map(reason -> new Condition("onednn", "oneDNN for this machine", reason))
                .or(() -> ofPrecision(precision));
    }

    /** Those of them that are the same on all machines. */
    public static List<Condition> ofFast(Model model, Precision precision, Device device) {
        var unmet = new ArrayList<Condition>();
        if (model.architecture() instanceof Opaque opaque) {
            unmet.addAll(opaque.failed());
        }
        ofFiles(model).ifPresent(unmet::add);
        ofGraph(model).ifPresent(unmet::add);
        ofWords(model).ifPresent(unmet::add);
        if (device instanceof Device.Gpu) {
            unmet.addAll(GpuPaths.ofFast(model, precision));
        } else if (precision == Precision.FLOAT16) {
            unmet.add(new Condition(
                    "precision", "bfloat16, int8 or float32 on a CPU, for float16 is for GPUs", precision.id()));
        }
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
        return precision == Precision.FLOAT16 || OneDnnSupport.computes(precision) // float16 is not even for this path
                ? Optional.empty()
                : Optional.of(new Condition(
                        "precision", "a CPU that computes in " + precision.id(), "one with " + OneDnnSupport.cpu()));
    }

    /** What keeps all encoders of this machine from computing on a device; nothing for the CPU. */
    public static Optional<Condition> unmetOn(Device device) {
        return device instanceof Device.Gpu gpu ? Gpus.HERE.unmet(gpu) : Optional.empty();
    }

    /** The conditions of the slow path that are not met here. */
    public static List<Condition> unmetBySlow(Model model, Precision precision, Device device) {
        var unmet = new ArrayList<>(ofSlow(model, precision));
        unmetOn(device).ifPresent(unmet::add);
        return unmet;
    }

    /** Those of them that are the same on all machines. */
    static List<Condition> ofSlow(Model model, Precision precision) {
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
    public static List<Condition> unmetByTorch(Model model, Precision precision, Device device) {
        var unmet = new ArrayList<>(ofTorch(model, precision, device));
        TorchSupport.missing()
                .map(missing -> new Condition("pytorch", "PyTorch's natives on the class path", missing))
                .ifPresent(unmet::add);
        return unmet;
    }

    /** Those of them that are the same on all machines. */
    static List<Condition> ofTorch(Model model, Precision precision, Device device) {
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
        if (device instanceof Device.Gpu) {
            unmet.add(GpuPaths.ofTorch(device));
        }
        return unmet;
    }
}
