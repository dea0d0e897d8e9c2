package dev.packhorse.engine;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.onednn.OneDnnSupport;

/** The precision that somebody asks for, which may be left to the machine. */
public enum PrecisionChoice {
    /**
     * On a GPU float16, on a CPU bfloat16 where it has that in hardware: each where all else that the fast path needs is
     * there; else float32.
     */
    AUTO("auto"),
    FLOAT32(Precision.FLOAT32.id()),
    BFLOAT16(Precision.BFLOAT16.id()),
    FLOAT16(Precision.FLOAT16.id()),
    INT8(Precision.INT8.id());

    private final String id;

    PrecisionChoice(String id) {
        this.id = id;
    }

    /** The name that options use. */
    public String id() {
        return id;
    }

    /**
     * The precision that a model is encoded in. A job asks once, on its driver, for all its vectors must be of one
     * precision whatever its executors' CPUs are.
     *
     * @param device where; a GPU need not be of this machine
     * @throws ModelException when the weights must be looked at, and the model's files are missing, broken or changed
     */
    public Precision on(Model model, PathChoice path, Device device) {
        return switch (this) {
            case AUTO ->
                switch (path) {
                    case SLOW, PYTORCH -> Precision.FLOAT32;
                    case AUTO, FAST -> device instanceof Device.Gpu ? onGpu(model, device) : onCpu(model, device);
                };
            case FLOAT32 -> Precision.FLOAT32;
            case BFLOAT16 -> Precision.BFLOAT16;
            case FLOAT16 -> Precision.FLOAT16;
            case INT8 -> Precision.INT8;
        };
    }

    private static Precision onGpu(Model model, Device device) {
        return Paths.ofFast(model, Precision.FLOAT16, device).isEmpty()
                        && Paths.ofWeights(model).isEmpty()
                ? Precision.FLOAT16
                : Precision.FLOAT32;
    }

    private static Precision onCpu(Model model, Device device) {
        return OneDnnSupport.best() == Precision.BFLOAT16
                        && Paths.unmetByFast(model, Precision.BFLOAT16, device).isEmpty()
                ? Precision.BFLOAT16
                : Precision.FLOAT32;
    }
}
