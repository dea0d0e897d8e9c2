package dev.packhorse.engine;

import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the paths ask of a model and a precision where they compute on a GPU, beyond what they ask anywhere. */
final class GpuPaths {

    /** As flash attention has it. */
    private static final int LARGEST_HEAD = 256;

    private GpuPaths() {}

    /** What the fast path does not get; the same on all machines. */
    static List<Condition> ofFast(Model model, Precision precision) {
        var unmet = new ArrayList<Condition>();
        ofPrecision(precision).ifPresent(unmet::add);
        ofHeads(model).ifPresent(unmet::add);
        return unmet;
    }

    private static Optional<Condition> ofPrecision(Precision precision) {
        return switch (precision) {
            case FLOAT32, FLOAT16 -> Optional.empty();
            case BFLOAT16, INT8 ->
                Optional.of(new Condition("precision", "float16 or float32 on a GPU", precision.id()));
        };
    }

    /** Others have no kernel for packed rows: ONNX Runtime would pad them, and hold all scores of all rows. */
    private static Optional<Condition> ofHeads(Model model) {
        return model.architecture() instanceof Known known
                        && (known.shape().headSize() % 8 != 0 || known.shape().headSize() > LARGEST_HEAD)
                ? Optional.of(new Condition(
                        "head size",
                        "a multiple of 8 up to %d on a GPU".formatted(LARGEST_HEAD),
                        String.valueOf(known.shape().headSize())))
                : Optional.empty();
    }

    /** PyTorch's natives are those for CPUs. */
    static Condition ofTorch(Device device) {
        return new Condition("device", "cpu, for PyTorch runs on the CPU here", device.id());
    }
}
