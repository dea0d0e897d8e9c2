package dev.packhorse.engine.transformer;

import java.util.Arrays;

/**
 * A linear map: {@code y = x W^T + b}, as torch.nn.Linear has it. Its arrays are not copied; treat them as immutable.
 *
 * @param inputs K
 * @param outputs N
 * @param weight [N, K] float32 row-major
 * @param bias [N] float32
 */
public record Dense(int inputs, int outputs, float[] weight, float[] bias) {

    /** @throws IllegalArgumentException when an array has another size */
    public Dense {
        if (weight.length != inputs * outputs || bias.length != outputs) {
            throw new IllegalArgumentException("expected a weight of %d x %d and a bias of %d, found %d and %d numbers"
                    .formatted(outputs, inputs, outputs, weight.length, bias.length));
        }
    }

    /** This map with its outputs multiplied by {@code factor}. */
    Dense scaled(float factor) {
        return new Dense(inputs, outputs, times(weight, factor), times(bias, factor));
    }

    /** The part of this map that gives {@code count} of its outputs, from {@code first} on; a copy of its weights. */
    public Dense outputs(int first, int count) {
        return new Dense(
                inputs,
                count,
                Arrays.copyOfRange(weight, first * inputs, (first + count) * inputs),
                Arrays.copyOfRange(bias, first, first + count));
    }

    /** The maps' outputs side by side: one map from the same inputs. */
    static Dense sideBySide(Dense... maps) {
        var outputs = 0;
        for (var map : maps) {
            outputs += map.outputs;
        }
        var inputs = maps[0].inputs;
        var weight = new float[outputs * inputs]; // [N, K]
        var bias = new float[outputs];
        var row = 0;
        for (var map : maps) {
            System.arraycopy(map.weight, 0, weight, row * inputs, map.weight.length);
            System.arraycopy(map.bias, 0, bias, row, map.outputs);
            row += map.outputs;
        }
        return new Dense(inputs, outputs, weight, bias);
    }

    private static float[] times(float[] values, float factor) {
        var product = new float[values.length];
        for (var i = 0; i < values.length; i++) {
            product[i] = values[i] * factor;
        }
        return product;
    }
}
