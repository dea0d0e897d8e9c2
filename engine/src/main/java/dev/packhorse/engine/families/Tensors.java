package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.weights.WeightsFile;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Reads the pieces that layers are made of, by the names that torch gives a module's tensors. Not thread-safe. */
final class Tensors implements AutoCloseable {

    private final WeightsFile file;
    private final boolean checksOnly;

    private Tensors(WeightsFile file, boolean checksOnly) {
        this.file = file;
        this.checksOnly = checksOnly;
    }

    /** @param file becomes this object's to close */
    static Tensors reading(WeightsFile file) {
        return new Tensors(file, false);
    }

    /** The same that looks at names and shapes only, and answers zeros. */
    static Tensors checking(WeightsFile file) {
        return new Tensors(file, true);
    }

    boolean has(String name) {
        return file.has(name);
    }

    /** A tensor of that shape. */
    float[] tensor(String name, int... shape) {
        if (checksOnly) {
            file.require(name, shape);
            return new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        }
        return file.read(name, shape);
    }

    /** The same into a buffer. */
    void tensor(String name, FloatBuffer into, int... shape) {
        if (checksOnly) {
            file.require(name, shape);
        } else {
            file.read(name, into, shape);
        }
    }

    /** The first row of a table of that width, however many rows it has. */
    float[] firstRow(String name, int width) {
        return Arrays.copyOf(tensor(name, rows(name), width), width);
    }

    /** How many rows a table has. */
    int rows(String name) {
        return Math.toIntExact(file.shape(name)[0]);
    }

    /** A torch.nn.Linear: {@code name.weight} [N, K] and {@code name.bias} [N]. */
    Dense dense(String name, int inputs, int outputs) {
        return new Dense(inputs, outputs, tensor(name + ".weight", outputs, inputs), tensor(name + ".bias", outputs));
    }

    /** A torch.nn.Linear whose bias may be missing, and then is 0. */
    Dense denseMaybeWithoutBias(String name, int inputs, int outputs) {
        return has(name + ".bias")
                ? dense(name, inputs, outputs)
                : new Dense(inputs, outputs, tensor(name + ".weight", outputs, inputs), new float[outputs]);
    }

    /** A torch.nn.LayerNorm. */
    Norm norm(String name, int width) {
        return new Norm(tensor(name + ".weight", width), tensor(name + ".bias", width));
    }

    /** A torch.nn.LayerNorm whose bias may be missing, and then is 0. */
    Norm normMaybeWithoutBias(String name, int width) {
        return has(name + ".bias") ? norm(name, width) : new Norm(tensor(name + ".weight", width), new float[width]);
    }

    @Override
    public void close() {
        file.close();
    }
}
