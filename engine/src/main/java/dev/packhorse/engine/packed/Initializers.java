package dev.packhorse.engine.packed;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.Opened;
import dev.packhorse.engine.nested.NativeBuffer;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.onnx.GraphSession;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.GraphBuilder;
import dev.packhorse.engine.output.Halves;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The weights of a graph, in native memory outside of it: a graph's own file, and each protobuf message, ends at 2 GB. They are
 * handed to the session by name, which copies them. Owns the memory; not thread-safe.
 */
final class Initializers implements AutoCloseable {

    /** The graph must name a file, which is never opened: the session is given the tensor itself. */
    private static final String NO_FILE = "handed-over";

    /** The largest float16. */
    private static final float LARGEST_HALF = 65_504;

    private final NativeMemory memory;
    private final GraphBuilder graph;
    private final Opened opened = new Opened();
    private final Map<String, GraphSession.Weight> weights = new LinkedHashMap<>();

    Initializers(NativeMemory memory, GraphBuilder graph) {
        this.memory = memory;
        this.graph = graph;
    }

    /**
     * Adds a tensor to the graph; answers with its name.
     *
     * @param values row-major
     * @throws EncoderException when one is too large for the type
     */
    String add(String name, ElementType type, float[] values, long... shape) {
        return add(name, type, into -> into.put(values), shape);
    }

    /** The same for numbers that somebody writes into a buffer of as many. */
    String add(String name, ElementType type, Consumer<FloatBuffer> values, long... shape) {
        var count = 1;
        for (var size : shape) {
            count = Math.multiplyExact(count, Math.toIntExact(size));
        }
        var numbers = opened.add(numbers(name, type, values, count));
        weights.put(name, new GraphSession.Weight(type, shape, numbers.view()));
        return graph.initializer(name, type, NO_FILE, 0, shape);
    }

    private NativeBuffer numbers(String name, ElementType type, Consumer<FloatBuffer> values, int count) {
        var floats = NativeBuffer.allocate(memory, (long) count * Float.BYTES);
        try {
            values.accept(floats.floats(0, count));
            return switch (type) {
                case FLOAT -> floats;
                case FLOAT16 -> {
                    var halves = halves(name, floats.floats(0, count), count);
                    floats.close();
                    yield halves;
                }
                case BFLOAT16, INT8, INT32, INT64, BOOL -> throw new IllegalArgumentException("no weights of " + type);
            };
        } catch (RuntimeException | Error e) {
            floats.close();
            throw e;
        }
    }

    private NativeBuffer halves(String name, FloatBuffer floats, int count) {
        var halves = NativeBuffer.allocate(memory, (long) count * Short.BYTES);
        try {
            var into = halves.shorts(0, count);
            for (var i = 0; i < count; i++) {
                var value = floats.get(i);
                if (!(Math.abs(value) <= LARGEST_HALF)) { // not a number, too
                    throw new EncoderException(
                            "expected weights of at most %.0f, which float16 holds, found %s in %s; say --precision float32"
                                    .formatted(LARGEST_HALF, value, name));
                }
                into.put(i, Halves.of(value));
            }
            return halves;
        } catch (RuntimeException | Error e) {
            halves.close();
            throw e;
        }
    }

    /** All of them by their names; good until this is closed. */
    Map<String, GraphSession.Weight> all() {
        return weights;
    }

    @Override
    public void close() {
        opened.close();
    }
}
