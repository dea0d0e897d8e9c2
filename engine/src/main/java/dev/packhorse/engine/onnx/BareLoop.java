package dev.packhorse.engine.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.measure.BatchLoop;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFiles;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.plan.BatchPlanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The baseline that jobs are measured against: ONNX Runtime's session and nothing else. Batches are sorted, packed and
 * spread out before the clock starts; the loop only runs the graph, from as many threads as there are cores. No pooling,
 * no reading, no writing.
 *
 * <p>For benchmarks only. Not thread-safe: one thread opens, runs and closes it. Owns the session and the tensors, [B, S]
 * each, in direct memory.
 */
public final class BareLoop implements AutoCloseable {

    private final OrtSession session;
    private final List<Map<String, OnnxTensor>> batches;
    private final long tokens;

    private BareLoop(OrtSession session, List<Map<String, OnnxTensor>> batches, long tokens) {
        this.session = session;
        this.batches = batches;
        this.tokens = tokens;
    }

    /**
     * Loads the model and prepares the batches; the caller closes the loop.
     *
     * @param rows N arrays of token ids
     * @param maxBatchTokens the most tokens in a batch, padding included
     * @throws ModelException when the model has no ONNX file, or it is missing, changed, or has inputs that we cannot feed
     * @throws EncoderException when ONNX Runtime cannot load it
     */
    public static BareLoop open(Model model, List<int[]> rows, int maxBatchTokens) {
        try {
            var graph = model.graph()
                    .orElseThrow(() ->
                            new ModelException(model.name() + ": expected an ONNX file for the bare loop, found none"));
            try (var copies = ModelFiles.copy(model.onnx());
                    var options = OnnxSessions.options(1);
                    var memory = NativeMemory.open(Long.MAX_VALUE)) {
                var session =
                        OnnxGraph.environment().createSession(copies.path(graph).toString(), options);
                var inputs = GraphInput.of(
                        session.getInputInfo().values(), graph.location().toString());
                var padding = model.architecture().padding();
                var lengths = rows.stream().mapToInt(row -> row.length).toArray();
                var batches = new ArrayList<Map<String, OnnxTensor>>();
                for (var batch : new BatchPlanner(maxBatchTokens, true).plan(lengths)) {
                    try (var nested = NestedBatch.pack(
                            memory, Arrays.stream(batch).mapToObj(rows::get).toList())) {
                        batches.add(tensors(nested, inputs, padding));
                    }
                }
                return new BareLoop(
                        session, batches, Arrays.stream(lengths).asLongStream().sum());
            }
        } catch (OrtException e) {
            throw new EncoderException("ONNX Runtime failed: " + e.getMessage(), e);
        }
    }

    private static Map<String, OnnxTensor> tensors(NestedBatch batch, List<GraphInput> inputs, int padding)
            throws OrtException {
        var padded = new PaddedBatch(inputs, padding);
        padded.fill(batch, 0);
        return padded.tensors(OnnxGraph.environment());
    }

    /** Real tokens in all batches. */
    public long tokens() {
        return tokens;
    }

    /**
     * Runs every batch once.
     *
     * @param threads how many take batches at the same time
     * @return the seconds that took
     * @throws EncoderException when a batch fails
     */
    public double run(int threads) {
        return BatchLoop.run(threads, batches.size(), i -> run(batches.get(i)));
    }

    private void run(Map<String, OnnxTensor> batch) {
        try {
            session.run(batch).close();
        } catch (OrtException e) {
            throw new EncoderException("ONNX Runtime failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        for (var batch : batches) {
            batch.values().forEach(OnnxTensor::close);
        }
        OnnxGraph.close(session);
    }
}
