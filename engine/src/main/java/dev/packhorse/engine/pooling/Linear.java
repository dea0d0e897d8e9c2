package dev.packhorse.engine.pooling;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.model.DenseActivation;
import dev.packhorse.engine.model.Step;

/**
 * A {@link Step.Dense} with its weights. In float32 as PyTorch does it, without a library: once for a row, it costs
 * nothing beside the encoder's layers.
 */
final class Linear implements VectorStep {

    private final int outputs;
    private final float[] columns; // [K, N]: the inner loop then runs over neighbours, which the JIT turns into vectors
    private final float[] bias; // [N]
    private final DenseActivation activation;

    private Linear(int outputs, float[] columns, float[] bias, DenseActivation activation) {
        this.outputs = outputs;
        this.columns = columns;
        this.bias = bias;
        this.activation = activation;
    }

    /** @throws ModelException when the file is missing or changed, or its tensors are not those of the step */
    static Linear open(Step.Dense dense) {
        var map = StepWeights.read(dense);
        return new Linear(
                map.outputs(), transposed(map.weight(), map.outputs(), map.inputs()), map.bias(), dense.activation());
    }

    /** From [N, K] to [K, N]. */
    private static float[] transposed(float[] weight, int outputs, int inputs) {
        var columns = new float[weight.length];
        for (var n = 0; n < outputs; n++) {
            for (var k = 0; k < inputs; k++) {
                columns[k * outputs + n] = weight[n * inputs + k];
            }
        }
        return columns;
    }

    @Override
    public float[] apply(float[] vectors, int rows) {
        var inputs = columns.length / outputs;
        var mapped = new float[rows * outputs]; // [B, N]
        var row = new float[outputs]; // [N]
        for (var b = 0; b < rows; b++) {
            System.arraycopy(bias, 0, row, 0, outputs);
            for (var k = 0; k < inputs; k++) {
                var x = vectors[b * inputs + k];
                var column = k * outputs;
                for (var n = 0; n < row.length; n++) {
                    row[n] += x * columns[column + n];
                }
            }
            for (var n = 0; n < row.length; n++) {
                mapped[b * outputs + n] = (float) activate(row[n]);
            }
        }
        return mapped;
    }

    private double activate(double x) {
        return switch (activation) {
            case IDENTITY -> x;
            case TANH -> Math.tanh(x);
            case RELU -> Math.max(x, 0);
            case GELU -> x * 0.5 * (1 + Erf.of(x / Math.sqrt(2)));
            case SIGMOID -> 1 / (1 + Math.exp(-x));
        };
    }
}
