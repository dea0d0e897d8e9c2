package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Named tensors in an open file, or in the several that a large model is split into. Their directory is read once, the
 * tensors when they are asked for, so that a model is never in memory twice.
 *
 * <p>Tensors are found by the names that transformers gives them, without the prefix of the class that was saved: the
 * same model is saved as {@code embeddings.word_embeddings.weight} and as {@code bert.embeddings.word_embeddings.weight}.
 * A tensor of just the name asked for comes before those that have a prefix; of those there may be but one.
 *
 * <p>Files are checked before anything is read from them: a broken or hostile one is refused, and no tensor
 * takes more memory than its file's size lets one expect. Not thread-safe. Whoever opens it closes it; what was read from it
 * stays. Formats: github.com/huggingface/safetensors, README.md, "Format", and onnx/onnx.proto of github.com/onnx/onnx.
 */
public final class WeightsFile implements AutoCloseable {

    /** Numbers in the largest array that every JVM can make. */
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    /** Names in one message: a hostile file has thousands. */
    private static final int MOST_NAMES = 8;

    private final String name;
    private final List<SourceFile> files;
    private final Map<String, StoredTensor> tensors;

    private WeightsFile(String name, List<SourceFile> files, Map<String, StoredTensor> tensors) {
        this.name = name;
        this.files = files;
        this.tensors = tensors;
    }

    /**
     * One of the files that a model is split into.
     *
     * @param name what to call the file in messages
     */
    public record Shard(String name, Path path) {}

    /**
     * Opens a safetensors file.
     *
     * @param name what to call the file in messages
     * @throws ModelException when it is not one
     */
    public static WeightsFile safetensors(String name, Path file) {
        return safetensors(name, List.of(new Shard(name, file)));
    }

    /**
     * Opens the safetensors files of one model, whose tensors lie in any of them.
     *
     * @param name what to call all of them together in messages
     * @throws ModelException when one is no safetensors file, or two have a tensor of the same name
     */
    public static WeightsFile safetensors(String name, List<Shard> shards) {
        var files = new ArrayList<SourceFile>();
        var tensors = new TreeMap<String, StoredTensor>();
        try {
            for (var shard : shards) {
                var file = SourceFile.open(shard.name(), shard.path());
                files.add(file);
                named(shard.name(), () -> SafetensorsDirectory.read(file)).forEach((tensor, stored) -> {
                    var other = tensors.putIfAbsent(tensor, stored);
                    if (other != null) {
                        throw new ModelException("%s: expected %s in one file, found it in %s too"
                                .formatted(shard.name(), tensor, other.file().name()));
                    }
                });
            }
        } catch (RuntimeException e) {
            files.forEach(SourceFile::close);
            throw e;
        }
        return new WeightsFile(name, files, tensors);
    }

    /**
     * Opens an exported ONNX graph for its weights, which are all in its own file.
     *
     * @param name what to call the file in messages
     * @throws ModelException when it is not one, or has weights elsewhere
     */
    public static WeightsFile onnx(String name, Path graph) {
        return onnx(name, graph, Map.of());
    }

    /**
     * Opens an exported ONNX graph for its weights, which may lie in other files.
     *
     * @param name what to call the graph in messages
     * @param data those files by the locations that the graph has for them ({@link OnnxSignature#externalData})
     * @throws ModelException when it is no graph, a file is not among these, or a location is outside the graph's folder
     */
    public static WeightsFile onnx(String name, Path graph, Map<String, Path> data) {
        var files = new ArrayList<SourceFile>();
        try {
            var main = SourceFile.open(name, graph);
            files.add(main);
            var others = new HashMap<String, SourceFile>();
            data.forEach((location, path) -> {
                var file = SourceFile.open("%s, data in %s".formatted(name, location), path);
                files.add(file);
                others.put(location, file);
            });
            return new WeightsFile(name, files, named(name, () -> OnnxDirectory.read(main, others)));
        } catch (RuntimeException e) {
            files.forEach(SourceFile::close);
            throw e;
        }
    }

    /** Something read from a file. */
    interface Reading<T> {
        T read() throws IOException;
    }

    /** What is read, or an exception that names the file. */
    static <T> T named(String name, Reading<T> reading) {
        try {
            return reading.read();
        } catch (ModelException e) {
            // without its cause: jobs show the root, which lacks the name
            throw new ModelException(name + ": " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            throw new ModelException("%s: expected a file of weights, found: %s".formatted(name, e.getMessage()), e);
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
     * Whether there is a tensor of that name, whatever class prefix it has.
     *
     * @throws ModelException when there are two
     */
    public boolean has(String tensor) {
        return find(tensor).isPresent();
    }

    /**
     * Whether there is exactly one tensor of that name, whatever class prefix it has, and its shape is this.
     *
     * @throws ModelException when it is missing or of another shape; the message names both
     */
    public void require(String tensor, int... shape) {
        find(tensor, shape);
    }

    /**
     * Reads a whole tensor.
     *
     * @param shape what the tensor's must be, as the model's own code has it: a Linear's weight is [out, in]
     * @return its values as float32, row-major in that shape; the caller's own
     * @throws ModelException when it is missing or of another shape
     */
    public float[] read(String tensor, int... shape) {
        var values = new float[size(find(tensor, shape))];
        read(tensor, FloatBuffer.wrap(values), shape);
        return values;
    }

    /**
     * The same as {@link #read(String, int...)}, into a buffer from its position on.
     *
     * @param into stays the caller's; its position is behind the last number then
     * @throws ModelException as there
     */
    public void read(String tensor, FloatBuffer into, int... shape) {
        var stored = find(tensor, shape);
        if (stored.transposed()) {
            var values = new float[size(stored)];
            StoredNumbers.read(stored, FloatBuffer.wrap(values));
            transpose(values, shape[1], shape[0], into);
        } else {
            StoredNumbers.read(stored, into);
        }
    }

    /** How many numbers: fewer than 2^31, as the shape that was asked for has. */
    private int size(StoredTensor stored) {
        if (stored.size() > LARGEST_ARRAY) {
            throw new ModelException("%s: expected tensors of at most %d numbers, found one of shape %s"
                    .formatted(name, LARGEST_ARRAY, Arrays.toString(stored.logicalShape())));
        }
        return (int) stored.size();
    }

    private StoredTensor find(String tensor, int... shape) {
        var stored = needed(tensor);
        if (!Arrays.equals(
                stored.logicalShape(), Arrays.stream(shape).asLongStream().toArray())) {
            throw new ModelException("%s: expected %s of shape %s, found %s"
                    .formatted(name, tensor, Arrays.toString(shape), Arrays.toString(stored.logicalShape())));
        }
        return stored;
    }

    private Optional<StoredTensor> find(String tensor) {
        var exact = tensors.get(tensor);
        if (exact != null) {
            return Optional.of(exact);
        }
        var found = tensors.keySet().stream()
                .filter(key -> key.endsWith("." + tensor))
                .toList();
        if (found.size() > 1) {
            throw new ModelException("%s: expected one tensor %s, found %s%s"
                    .formatted(
                            name,
                            tensor,
                            found.subList(0, Math.min(found.size(), MOST_NAMES)),
                            found.size() > MOST_NAMES ? " and more" : ""));
        }
        return found.stream().findFirst().map(tensors::get);
    }

    private StoredTensor needed(String tensor) {
        return find(tensor)
                .orElseThrow(() -> new ModelException(
                        "%s: expected one tensor %s, found none among %d".formatted(name, tensor, tensors.size())));
    }

    /**
     * The shape of a tensor as the model's own code has it.
     *
     * @throws ModelException when it is missing
     */
    public long[] shape(String tensor) {
        return needed(tensor).logicalShape().clone();
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
        files.forEach(SourceFile::close);
    }
}
