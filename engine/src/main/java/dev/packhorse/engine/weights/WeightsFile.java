package dev.packhorse.engine.weights;

import dev.packhorse.engine.ModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * An open file of named tensors. Its directory is read once, the tensors when they are asked for, so that a model is
 * never in memory twice.
 *
 * <p>Tensors are found by the names that transformers gives them, without the prefix of the class that was saved: the
 * same model is saved as {@code embeddings.word_embeddings.weight} and as {@code bert.embeddings.word_embeddings.weight}.
 * Not thread-safe.
 */
public final class WeightsFile implements AutoCloseable {

    /** How many floats are read at a time. */
    private static final int CHUNK = 1 << 20;

    private final String name;
    private final FileChannel channel;
    private final Map<String, StoredTensor> tensors;

    private WeightsFile(String name, FileChannel channel, Map<String, StoredTensor> tensors) {
        this.name = name;
        this.channel = channel;
        this.tensors = tensors;
    }

    /**
     * Opens a safetensors file.
     *
     * @param name what to call the file in messages
     * @throws ModelException when it is not one
     */
    public static WeightsFile safetensors(String name, Path file) {
        return open(name, file, SafetensorsDirectory::read);
    }

    /**
     * Opens an exported ONNX graph for its weights.
     *
     * @param name what to call the file in messages
     * @throws ModelException when it is not one
     */
    public static WeightsFile onnx(String name, Path file) {
        return open(name, file, OnnxDirectory::read);
    }

    /** Reads what tensors a file holds. */
    private interface Directory {
        Map<String, StoredTensor> read(FileChannel channel) throws IOException;
    }

    private static WeightsFile open(String name, Path file, Directory directory) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file);
            return new WeightsFile(name, channel, directory.read(channel));
        } catch (IOException | RuntimeException e) {
            close(channel);
            throw e instanceof ModelException m
                    ? new ModelException(
                            name + ": " + m.getMessage()) // without its cause: jobs show the root, which lacks the name
                    : new ModelException(
                            "%s: expected a file of weights, found: %s".formatted(name, e.getMessage()), e);
        }
    }

    /** What to call this file in messages. */
    public String name() {
        return name;
    }

    /** The names of all tensors, prefixes included. */
    public Set<String> names() {
        return tensors.keySet();
    }

    /**
     * Whether there is exactly one tensor of that name, whatever class prefix it has, and its shape is this.
     *
     * @throws ModelException when it is missing or of another shape; the message names both
     */
    public void require(String tensor, int... shape) {
        find(tensor, shape);
    }

    /** Whether there is a tensor of that name, whatever class prefix it has. */
    public boolean has(String tensor) {
        return tensors.keySet().stream().anyMatch(name -> name.equals(tensor) || name.endsWith("." + tensor));
    }

    /**
     * The shape of a tensor as the model's own code has it.
     *
     * @throws ModelException when it is missing
     */
    public long[] shape(String tensor) {
        return find(tensor).logicalShape().clone();
    }

    /**
     * Reads a whole tensor.
     *
     * @param shape what the tensor's must be, as the model's own code has it: a Linear's weight is [out, in]
     * @return its values, row-major in that shape
     * @throws ModelException when it is missing or of another shape
     */
    public float[] read(String tensor, int... shape) {
        var values = new float[Math.toIntExact(find(tensor, shape).size())];
        read(tensor, FloatBuffer.wrap(values), shape);
        return values;
    }

    /** The same as {@link #read(String, int...)}, into a buffer from its position on. */
    public void read(String tensor, FloatBuffer into, int... shape) {
        var stored = find(tensor, shape);
        if (stored.transposed()) {
            transpose(readStored(stored), shape[1], shape[0], into);
        } else {
            readStored(stored, into);
        }
    }

    private StoredTensor find(String tensor, int... shape) {
        var stored = find(tensor);
        if (!Arrays.equals(
                stored.logicalShape(), Arrays.stream(shape).asLongStream().toArray())) {
            throw new ModelException("%s: expected %s of shape %s, found %s"
                    .formatted(name, tensor, Arrays.toString(shape), Arrays.toString(stored.logicalShape())));
        }
        return stored;
    }

    private StoredTensor find(String tensor) {
        var found = tensors.entrySet().stream()
                .filter(entry -> entry.getKey().equals(tensor) || entry.getKey().endsWith("." + tensor))
                .toList();
        if (found.size() != 1) {
            throw new ModelException("%s: expected one tensor %s, found %s"
                    .formatted(
                            name,
                            tensor,
                            found.isEmpty()
                                    ? "none among " + tensors.size()
                                    : found.stream().map(Map.Entry::getKey).toList()));
        }
        return found.get(0).getValue();
    }

    private float[] readStored(StoredTensor stored) {
        var values = new float[Math.toIntExact(stored.size())];
        readStored(stored, FloatBuffer.wrap(values));
        return values;
    }

    private void readStored(StoredTensor stored, FloatBuffer into) {
        var width = stored.type().bytes();
        var bytes = ByteBuffer.allocate((int) Math.min(CHUNK, stored.size()) * width)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (var done = 0L; done < stored.size(); done += bytes.limit() / width) {
            bytes.clear().limit((int) Math.min(CHUNK, stored.size() - done) * width);
            fill(bytes, stored.position() + done * width);
            stored.type().decode(bytes.flip(), into);
        }
    }

    private void fill(ByteBuffer bytes, long position) {
        try {
            var at = position;
            while (bytes.hasRemaining()) {
                var read = channel.read(bytes, at);
                if (read < 0) {
                    throw new ModelException("%s: expected %d more bytes of weights at %d, found the end of the file"
                            .formatted(name, bytes.remaining(), at));
                }
                at += read;
            }
        } catch (IOException e) {
            throw new ModelException("%s: expected a readable file, found: %s".formatted(name, e), e);
        }
    }

    /** From [rows, columns] to [columns, rows]. */
    private static void transpose(float[] values, int rows, int columns, FloatBuffer into) {
        var line = new float[rows];
        for (var c = 0; c < columns; c++) {
            for (var r = 0; r < rows; r++) {
                line[r] = values[r * columns + c];
            }
            into.put(line);
        }
    }

    @Override
    public void close() {
        close(channel);
    }

    private static void close(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
