package dev.packhorse.engine;

import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.nested.OutOfNativeMemory;
import dev.packhorse.engine.plan.BatchPlanner;
import java.util.Arrays;
import java.util.List;

/**
 * Plans, packs and encodes many rows, and answers for each one.
 *
 * <p>When a batch fails, also for lack of native memory, its halves are tried, down to single rows, and so is a row whose
 * vector is not finite: only a row that fails alone ends without a vector. A full Java heap and what else is no batch's
 * fault goes to the caller. Thread-safe where its encoder is.
 */
public final class Embedder {

    private final Encoder encoder;
    private final BatchPlanner planner;
    private final NativeMemory memory;

    public Embedder(Encoder encoder, BatchPlanner planner, NativeMemory memory) {
        this.encoder = encoder;
        this.planner = planner;
        this.memory = memory;
    }

    /**
     * Embeds rows of tokens.
     *
     * @param rows N arrays of token ids, each of at least one token
     * @return [N], one answer for each row, in the rows' order
     */
    public Embedded[] embed(List<int[]> rows, BatchListener listener) {
        var answers = new Embedded[rows.size()];
        var lengths = rows.stream().mapToInt(row -> row.length).toArray();
        for (var batch : planner.plan(lengths)) {
            embed(rows, batch, answers, listener);
        }
        return answers;
    }

    private void embed(List<int[]> rows, int[] batch, Embedded[] answers, BatchListener listener) {
        try {
            answer(rows, batch, encode(rows, batch, listener), answers, listener);
        } catch (EncoderException e) {
            halve(rows, batch, answers, listener, e.getMessage());
        } catch (RuntimeException | OutOfMemoryError e) {
            if (!OutOfNativeMemory.happened(e)) {
                throw e;
            }
            var reason = "not enough native memory for %d tokens alone: %s";
            halve(rows, batch, answers, listener, reason.formatted(rows.get(batch[0]).length, e.getMessage()));
        }
    }

    /** @return [B, D] */
    private float[] encode(List<int[]> rows, int[] batch, BatchListener listener) {
        try (var nested = NestedBatch.pack(
                memory, Arrays.stream(batch).mapToObj(rows::get).toList())) {
            var start = System.nanoTime();
            var vectors = encoder.encode(nested);
            var computed = encoder.info().padded() ? (long) nested.longest() * nested.size() : (long) nested.tokens();
            listener.encoded(nested.size(), nested.tokens(), computed, System.nanoTime() - start);
            return vectors;
        }
    }

    private void halve(List<int[]> rows, int[] batch, Embedded[] answers, BatchListener listener, String reason) {
        if (batch.length == 1) {
            answers[batch[0]] = new Embedded.Failed(reason);
            return;
        }
        var middle = batch.length / 2;
        embed(rows, Arrays.copyOfRange(batch, 0, middle), answers, listener);
        embed(rows, Arrays.copyOfRange(batch, middle, batch.length), answers, listener);
    }

    /** @param vectors [B, D] */
    private void answer(List<int[]> rows, int[] batch, float[] vectors, Embedded[] answers, BatchListener listener) {
        var dimension = encoder.info().dimension();
        for (var b = 0; b < batch.length; b++) {
            var vector = Arrays.copyOfRange(vectors, b * dimension, (b + 1) * dimension);
            if (isFinite(vector)) {
                answers[batch[b]] = new Embedded.Vector(vector);
            } else if (batch.length == 1) {
                answers[batch[b]] = new Embedded.Failed("the encoder gave a vector that is not finite");
            } else {
                embed(rows, new int[] {batch[b]}, answers, listener); // it may be a neighbour's doing
            }
        }
    }

    private static boolean isFinite(float[] vector) {
        for (var value : vector) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
