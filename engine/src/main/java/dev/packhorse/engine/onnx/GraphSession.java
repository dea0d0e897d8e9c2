package dev.packhorse.engine.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.packhorse.engine.contract.BrokenEncoderException;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.gpu.LostDevice;
import dev.packhorse.engine.gpu.OutOfDeviceMemory;
import dev.packhorse.engine.gpu.OutOfDeviceMemoryException;
import dev.packhorse.engine.onnxgraph.ElementType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A session of a graph that we wrote ourselves: weights that are handed over, int32 in, float32 out.
 *
 * <p>One thread opens, runs and closes it; ONNX Runtime keeps device memory for each thread that ever ran a session.
 */
public final class GraphSession implements AutoCloseable {

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final OptionalInt gpu;
    private boolean closed;

    private GraphSession(OrtEnvironment environment, OrtSession session, OptionalInt gpu) {
        this.environment = environment;
        this.session = session;
        this.gpu = gpu;
    }

    /**
     * A weight that the graph names as lying outside of it.
     *
     * @param type FLOAT or FLOAT16
     * @param numbers in native memory, row-major, in the machine's byte order; the caller's
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Weight(ElementType type, long[] shape, ByteBuffer numbers) {}

    /**
     * What goes in.
     *
     * @param numbers in native memory, from 0 to the limit, row-major
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Feed(IntBuffer numbers, long... shape) {}

    /**
     * Opens a graph.
     *
     * @param graph an ONNX file
     * @param weights by their names; copied, so that they may go afterwards
     * @param gpu index of the one to compute on; empty for the CPU
     * @param threads how many threads of the CPU a run may compute with, its own included
     * @throws EncoderException when the runtime does not open it there
     */
    public static GraphSession open(byte[] graph, Map<String, Weight> weights, OptionalInt gpu, int threads) {
        var environment = OnnxRuntimes.environment();
        var tensors = new LinkedHashMap<String, OnnxTensorLike>();
        var computing = new Computing(threads, false, gpu, Optional.empty());
        try (var options = computing.options()) {
            for (var entry : weights.entrySet()) {
                tensors.put(entry.getKey(), tensor(environment, entry.getValue()));
            }
            options.addExternalInitializers(tensors);
            return new GraphSession(environment, environment.createSession(graph, options), gpu);
        } catch (OrtException e) {
            throw new EncoderException(
                    "expected ONNX Runtime to open the model's graph on %s, found: %s"
                            .formatted(computing.device().id(), e.getMessage()),
                    e);
        } finally {
            tensors.values().forEach(OnnxTensorLike::close);
        }
    }

    private static OnnxTensorLike tensor(OrtEnvironment environment, Weight weight) throws OrtException {
        var type =
                switch (weight.type) {
                    case FLOAT -> OnnxJavaType.FLOAT;
                    case FLOAT16 -> OnnxJavaType.FLOAT16;
                    case BFLOAT16, INT8, INT32, INT64, BOOL ->
                        throw new IllegalArgumentException("no weights of " + weight.type);
                };
        return OnnxTensor.createTensor(environment, weight.numbers, weight.shape, type);
    }

    /**
     * Runs the graph.
     *
     * @param feeds by their names
     * @param output the name of what is wanted
     * @param answer gets it, from 0 to the limit; in native memory
     * @param shape of the answer
     * @throws OutOfDeviceMemoryException when the GPU's memory does not suffice
     * @throws BrokenEncoderException when the GPU computes nothing more in this process
     * @throws EncoderException when it fails otherwise
     */
    public void run(Map<String, Feed> feeds, String output, FloatBuffer answer, long... shape) {
        var tensors = new LinkedHashMap<String, OnnxTensor>();
        try {
            for (var feed : feeds.entrySet()) {
                tensors.put(
                        feed.getKey(),
                        OnnxTensor.createTensor(environment, feed.getValue().numbers, feed.getValue().shape));
            }
            try (var room = OnnxTensor.createTensor(environment, answer, shape)) {
                run(tensors, Map.of(output, room));
            }
        } catch (OrtException e) {
            throw failure(e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private void run(Map<String, OnnxTensor> tensors, Map<String, OnnxTensor> answers) throws OrtException {
        try {
            session.run(tensors, Set.of(), answers).close();
        } catch (OrtException e) {
            if (gpu.isEmpty() || !OutOfDeviceMemory.happened(e)) {
                throw e;
            }
            // what launches of other sizes left in pieces may be all that is missing
            giveBack(tensors, answers);
            session.run(tensors, Set.of(), answers).close();
        }
    }

    /** Lets the runtime give memory back that it holds for later, which it does at the end of a run, be it one that fails. */
    private void giveBack(Map<String, OnnxTensor> tensors, Map<String, OnnxTensor> answers) {
        try (var options = new OrtSession.RunOptions()) {
            options.addRunConfigEntry("memory.enable_memory_arena_shrinkage", "gpu:" + gpu.getAsInt());
            session.run(tensors, Set.of(), answers, options).close();
        } catch (OrtException e) {
            // as before: the next run says whether it helped
        }
    }

    private RuntimeException failure(OrtException e) {
        if (OutOfDeviceMemory.happened(e)) {
            return new OutOfDeviceMemoryException(e.getMessage(), e);
        }
        if (gpu.isPresent() && LostDevice.happened(e)) {
            var broken = LostDevice.broken(new Device.Gpu(String.valueOf(gpu.getAsInt())), e);
            CudaSupport.lost(gpu.getAsInt(), broken.getMessage());
            return broken;
        }
        return new EncoderException("ONNX Runtime failed: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            OnnxGraph.close(session);
        }
    }
}
