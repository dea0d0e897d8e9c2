package dev.packhorse.engine.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.padded.InputKind;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An open session of a graph, what it is fed and which of its outputs is read. Thread-safe; each call needs a
 * {@link PaddedBatch} of its own.
 */
final class OnnxGraph implements AutoCloseable {

    private final OrtSession session;
    private final int padding;
    private final int width;
    private final List<GraphInput> inputs;
    private final GraphOutput output;

    private OnnxGraph(OrtSession session, Options options) throws OrtException {
        this.session = session;
        this.padding = options.padding;
        this.width = options.width;
        this.inputs = GraphInput.of(session.getInputInfo().values(), options.where);
        if (padding == Architecture.UNKNOWN_PADDING
                && inputs.stream().anyMatch(input -> input.kind() == InputKind.POSITIONS)) {
            throw new ModelException(
                    "%s: expected no input position_ids, or a config.json that tells where positions begin, found the input and no config.json; put it beside the file"
                            .formatted(options.where));
        }
        var outputs = declaredOutputs();
        this.output = GraphOutput.choose(withShapes(outputs), options.output, width, options.where);
        GraphInput.refuseFixed(
                outputs.get(output.name()).getShape(),
                output.perToken() ? 2 : 1,
                "output " + output.name(),
                options.where);
    }

    /**
     * How a graph is opened.
     *
     * @param where the file, for messages
     * @param output the name of the output that is read; empty where the graph decides
     * @param width the length of the vectors that it must give
     * @param padding as {@link PaddedBatch} has it
     */
    record Options(String where, String output, int width, int padding, Computing computing) {}

    /** @throws ModelException when the file is no ONNX graph, or has inputs or outputs that we cannot feed or read */
    static OnnxGraph open(Path file, Options options) {
        var session = session(file, options);
        try {
            return new OnnxGraph(session, options);
        } catch (OrtException | RuntimeException e) {
            close(session);
            throw e instanceof RuntimeException r ? r : new ModelException(options.where + ": " + e.getMessage(), e);
        }
    }

    private static OrtSession session(Path file, Options options) {
        try (var settings = options.computing.options()) {
            return OnnxRuntimes.environment().createSession(file.toString(), settings);
        } catch (OrtException e) {
            throw new ModelException(
                    "%s: expected an ONNX model that ONNX Runtime loads, found: %s"
                            .formatted(options.where, e.getMessage()),
                    e);
        }
    }

    private Map<String, TensorInfo> declaredOutputs() throws OrtException {
        var outputs = new LinkedHashMap<String, TensorInfo>();
        session.getOutputInfo().forEach((name, node) -> {
            if (node.getInfo() instanceof TensorInfo tensor) {
                outputs.put(name, tensor);
            }
        });
        return outputs;
    }

    /** Where the graph leaves a rank or the last dimension open, one token shows it. */
    private Map<String, TensorInfo> withShapes(Map<String, TensorInfo> outputs) throws OrtException {
        if (outputs.values().stream().noneMatch(OnnxGraph::isOpen)) {
            return outputs;
        }
        var shapes = new LinkedHashMap<>(outputs);
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, List.of(new int[1]))) {
            var padded = room();
            padded.fill(batch, 0);
            var tensors = padded.tensors(OnnxRuntimes.environment());
            try (var result = session.run(tensors)) {
                shapes.replaceAll((name, info) -> isOpen(info)
                        ? (TensorInfo) result.get(name).orElseThrow().getInfo()
                        : info);
            } finally {
                tensors.values().forEach(OnnxTensor::close);
            }
        }
        return shapes;
    }

    private static boolean isOpen(TensorInfo tensor) {
        var shape = tensor.getShape();
        return shape.length == 0 || shape[shape.length - 1] == -1;
    }

    /** The output that is read. */
    GraphOutput output() {
        return output;
    }

    /** Buffers for one call at a time. */
    PaddedBatch room() {
        return new PaddedBatch(inputs, padding);
    }

    /**
     * Runs the graph.
     *
     * @return [B, S, H] where {@link #output} is per token, else [B, D]; good until the next call with the same room
     * @throws EncoderException when it fails, or its answer has another shape
     */
    FloatBuffer run(NestedBatch batch, PaddedBatch room) {
        var shape = output.shape(batch.size(), batch.longest(), width);
        var direct = output.type() == OnnxJavaType.FLOAT;
        try {
            room.fill(batch, direct ? Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact)) : 0);
            var tensors = room.tensors(OnnxRuntimes.environment());
            try {
                return direct ? intoRoom(tensors, room, shape) : converted(tensors, shape);
            } finally {
                tensors.values().forEach(OnnxTensor::close);
            }
        } catch (OrtException e) {
            throw new EncoderException("ONNX Runtime failed: " + e.getMessage(), e);
        } catch (ArithmeticException e) {
            throw new EncoderException(
                    "expected a batch that Java's buffers hold, found %d rows of %d tokens"
                            .formatted(batch.size(), batch.longest()),
                    e);
        }
    }

    /** The graph writes straight into the room's own buffer. */
    private FloatBuffer intoRoom(Map<String, OnnxTensor> tensors, PaddedBatch room, long[] shape) throws OrtException {
        try (var answer = OnnxTensor.createTensor(OnnxRuntimes.environment(), room.answer(), shape)) {
            session.run(tensors, Set.of(), Map.of(output.name(), answer)).close();
            return room.answer();
        }
    }

    private FloatBuffer converted(Map<String, OnnxTensor> tensors, long[] shape) throws OrtException {
        try (var result = session.run(tensors, Set.of(output.name()))) {
            var answer = (OnnxTensor) result.get(0);
            if (!Arrays.equals(answer.getInfo().getShape(), shape)) {
                throw new EncoderException("expected an answer of shape %s from the graph, found %s"
                        .formatted(
                                Arrays.toString(shape),
                                Arrays.toString(answer.getInfo().getShape())));
            }
            return output.type() == OnnxJavaType.DOUBLE ? narrowed(answer) : answer.getFloatBuffer();
        }
    }

    private static FloatBuffer narrowed(OnnxTensor answer) {
        var doubles = answer.getDoubleBuffer();
        var floats = FloatBuffer.allocate(doubles.remaining());
        while (doubles.hasRemaining()) {
            floats.put((float) doubles.get());
        }
        return floats.flip();
    }

    /** Ends the profile and tells which file it is in. */
    Path endProfiling() {
        try {
            return Path.of(session.endProfiling());
        } catch (OrtException e) {
            throw new EncoderException("ONNX Runtime could not write its profile: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        close(session);
    }

    static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new EncoderException("ONNX Runtime could not close its session: " + e.getMessage(), e);
        }
    }
}
