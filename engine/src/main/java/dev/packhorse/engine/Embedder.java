package dev.packhorse.engine;

import dev.packhorse.engine.contract.BrokenEncoderException;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.OutOfNativeMemory;
import dev.packhorse.engine.plan.BatchPlanner;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Plans, packs and encodes many rows, and answers for each one.
 *
 * <p>When a batch fails, also for lack of native memory, its halves are tried, down to single rows, and so is a row whose
 * vector is not finite: only a row that fails alone ends without a vector, and only where the encoder still encodes a row
 * that it is known to take. A full Java heap and what else is no batch's fault goes to the caller.
 *
 * <p>Where an encoder computes elsewhere, a few batches are started ahead of the one that is waited for ({@link Encoder#ahead}),
 * so that it has work while the caller's thread packs and answers. Thread-safe where its encoder is.
 */
public final class Embedder {

    private static final String NOT_FINITE = "the encoder gave a vector that is not finite";

    private final Encoder encoder;
    private final BatchPlanner planner;
    private final NativeMemory memory;
    private final int[] known; // token ids

    /**
     * All of them stay the caller's.
     *
     * @param known token ids of a row that the encoder takes
     */
    public Embedder(Encoder encoder, BatchPlanner planner, NativeMemory memory, int[] known) {
        this.encoder = encoder;
        this.planner = planner;
        this.memory = memory;
        this.known = known;
    }

    /** Encodes the known row; why it cannot be, or nothing. */
    Optional<String> tryOut() {
        try {
            return isFinite(encode(List.of(known), new int[] {0}, (rows, tokens, computed, nanos) -> {}))
                    ? Optional.empty()
                    : Optional.of(NOT_FINITE);
        } catch (RuntimeException | OutOfMemoryError e) {
            if (e instanceof EncoderException || OutOfNativeMemory.happened(e)) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /**
     * Embeds rows of tokens.
     *
     * @param rows N arrays of token ids, each of at least one token
     * @return [N], one answer for each row, in the rows' order
     * @throws BrokenEncoderException when a row cannot be encoded and the known one cannot either
     */
    public Embedded[] embed(List<int[]> rows, BatchListener listener) {
        var answers = new Embedded[rows.size()];
        var lengths = rows.stream().mapToInt(row -> row.length).toArray();
        var started = new ArrayDeque<StartedBatch>();
        try {
            for (var batch : planner.plan(lengths)) {
                start(rows, batch, started, answers, listener);
                if (started.size() > encoder.ahead()) {
                    finish(rows, started, answers, listener);
                }
            }
            while (!started.isEmpty()) {
                finish(rows, started, answers, listener);
            }
        } finally {
            started.forEach(StartedBatch::close);
        }
        return answers;
    }

    /** Starts one more batch; where there is no native memory for it, it waits until those before have given back theirs. */
    private void start(
            List<int[]> rows, int[] batch, Deque<StartedBatch> started, Embedded[] answers, BatchListener listener) {
        try {
            started.add(StartedBatch.start(encoder, memory, rows, batch));
        } catch (RuntimeException | OutOfMemoryError e) {
            if (!OutOfNativeMemory.happened(e)) {
                throw e;
            }
            while (!started.isEmpty()) {
                finish(rows, started, answers, listener);
            }
            embed(rows, batch, answers, listener);
        }
    }

    /** Waits for the batch that was started first. */
    private void finish(List<int[]> rows, Deque<StartedBatch> started, Embedded[] answers, BatchListener listener) {
        var first = started.remove();
        answer(rows, first.rows(), () -> awaited(first, listener), answers, listener);
    }

    private void embed(List<int[]> rows, int[] batch, Embedded[] answers, BatchListener listener) {
        answer(rows, batch, () -> encode(rows, batch, listener), answers, listener);
    }

    /** @param vectors gives [B, D], or throws what the encoder threw */
    private void answer(
            List<int[]> rows, int[] batch, Supplier<float[]> vectors, Embedded[] answers, BatchListener listener) {
        try {
            answer(rows, batch, vectors.get(), answers, listener);
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
        return awaited(StartedBatch.start(encoder, memory, rows, batch), listener);
    }

    /** @return [B, D] */
    private static float[] awaited(StartedBatch batch, BatchListener listener) {
        try (batch) {
            return batch.await(listener);
        }
    }

    private void halve(List<int[]> rows, int[] batch, Embedded[] answers, BatchListener listener, String reason) {
        if (batch.length == 1) {
            answers[batch[0]] = failed(reason);
            return;
        }
        listener.halved(batch.length, reason);
        var middle = batch.length / 2;
        embed(rows, Arrays.copyOfRange(batch, 0, middle), answers, listener);
        embed(rows, Arrays.copyOfRange(batch, middle, batch.length), answers, listener);
    }

    /** The answer for a row that cannot be encoded alone. */
    private Embedded failed(String reason) {
        tryOut().ifPresent(found -> {
            throw new BrokenEncoderException(
                    "%s: expected a row to be encoded that was encoded when the model was loaded, found: %s; met at a row that failed with: %s"
                            .formatted(encoder.info().name(), found, reason));
        });
        return new Embedded.Failed(reason);
    }

    /** @param vectors [B, D] */
    private void answer(List<int[]> rows, int[] batch, float[] vectors, Embedded[] answers, BatchListener listener) {
        var dimension = encoder.info().dimension();
        for (var b = 0; b < batch.length; b++) {
            var vector = Arrays.copyOfRange(vectors, b * dimension, (b + 1) * dimension);
            if (isFinite(vector)) {
                answers[batch[b]] = new Embedded.Vector(vector);
            } else if (batch.length == 1) {
                answers[batch[b]] = failed(NOT_FINITE);
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
