package dev.packhorse.udf.rows;

import dev.packhorse.engine.BatchListener;
import dev.packhorse.udf.metrics.Count;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts a task's batches, and ends the task between two of them where it is not wanted any more. */
record TaskListener(TaskScope task) implements BatchListener {

    private static final Logger LOG = LoggerFactory.getLogger(TaskListener.class);

    @Override
    public void encoded(int rows, long tokens, long computedTokens, long nanos) {
        task.stopIfKilled();
        task.counts().add(Count.BATCHES, 1);
        task.counts().add(Count.ENCODED_ROWS, rows);
        task.counts().add(Count.PENDING_TOKENS, -tokens);
        task.counts().add(Count.TOKENS, tokens);
        task.counts().add(Count.COMPUTED_TOKENS, computedTokens);
        task.counts().add(Count.ENCODE_NANOS, nanos);
    }

    @Override
    public void halved(int rows, String reason) {
        task.stopIfKilled();
        if (task.counts().get(Count.HALVED_BATCHES) == 0) { // one line a task says enough
            LOG.warn("a batch of {} rows could not be encoded whole, its halves are tried: {}", rows, reason);
        }
        task.counts().add(Count.HALVED_BATCHES, 1);
    }
}
