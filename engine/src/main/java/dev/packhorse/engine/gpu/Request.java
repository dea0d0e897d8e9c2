package dev.packhorse.engine.gpu;

import dev.packhorse.engine.nested.NestedBatch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A batch that waits for its vectors. One task asks, one device's thread answers; once there is an answer, nothing reads the
 * batch any more. Thread-safe.
 */
final class Request {

    private final NestedBatch batch;
    private final int dimension;
    private final CompletableFuture<float[]> answer = new CompletableFuture<>();
    private float[] vectors = {}; // [B, D] as far as they are there; the answering thread's
    private int missing; // rows; the answering thread's

    /**
     * @param batch stays the caller's, and open until there is an answer
     * @param dimension D
     */
    Request(NestedBatch batch, int dimension) {
        this.batch = batch;
        this.dimension = dimension;
        this.missing = batch.size();
    }

    NestedBatch batch() {
        return batch;
    }

    int tokens() {
        return batch.tokens();
    }

    /**
     * Takes the vectors of some of its rows out of those of a launch.
     *
     * @param slice rows of this batch, each of which comes once
     * @param launched [R, D] of all rows of the launch; the launch's to give away where they are this batch's alone
     * @param first which of the launch's rows is the first of these
     */
    void take(RowSlice slice, float[] launched, int first) {
        if (slice.rows() == batch.size() && launched.length == batch.size() * dimension) {
            vectors = launched;
        } else {
            if (vectors.length == 0) {
                vectors = new float[batch.size() * dimension];
            }
            System.arraycopy(launched, first * dimension, vectors, slice.from() * dimension, slice.rows() * dimension);
        }
        missing -= slice.rows();
        if (missing == 0) {
            answer.complete(vectors);
        }
    }

    /** Answers with what went wrong; the rest of its rows is not wanted any more. */
    void fail(Throwable failure) {
        answer.completeExceptionally(failure);
    }

    boolean isAnswered() {
        return answer.isDone();
    }

    /**
     * Waits for the vectors.
     *
     * @return [B, D]
     * @throws RuntimeException or Error what it was failed with
     */
    float[] await() throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }

    /** Waits until there is an answer, whatever it is; an interrupted thread, too, and it stays so. */
    void awaitEnd() {
        answer.handle((found, failure) -> true).join();
    }
}
