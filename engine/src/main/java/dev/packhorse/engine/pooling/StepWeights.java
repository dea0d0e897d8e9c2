package dev.packhorse.engine.pooling;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.model.Step;
import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.weights.WeightsFile;
import java.util.List;
import java.util.TreeSet;

/** Reads the weights of a {@link Step.Dense}. */
public final class StepWeights {

    private static final String WEIGHT = "linear.weight";
    private static final String BIAS = "linear.bias";

    private StepWeights() {}

    /**
     * The linear map of a step, without its activation; a bias of zeros where it has none.
     *
     * @throws ModelException when the file is missing or changed, or its tensors are not those of the step
     */
    public static Dense read(Step.Dense dense) {
        var name = dense.weights().location().toString();
        try (var copy = dense.weights().copy();
                var file = WeightsFile.safetensors(name, copy.path())) {
            var weight = file.read(WEIGHT, dense.outputs(), dense.inputs());
            refuseOthers(file, dense.bias());
            var bias = dense.bias() ? file.read(BIAS, dense.outputs()) : new float[dense.outputs()];
            return new Dense(dense.inputs(), dense.outputs(), weight, bias);
        }
    }

    /** A tensor that is left aside, such as a residual's, would give other vectors than the model's. */
    private static void refuseOthers(WeightsFile file, boolean bias) {
        var known = bias ? List.of(WEIGHT, BIAS) : List.of(WEIGHT);
        if (file.names().size() > known.size()) {
            throw new ModelException("%s: expected no tensors but %s, as its config.json says, found %s"
                    .formatted(file.name(), known, new TreeSet<>(file.names())));
        }
    }
}
