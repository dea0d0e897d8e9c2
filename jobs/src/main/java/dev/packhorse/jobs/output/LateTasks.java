package dev.packhorse.jobs.output;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Waits for the tasks that a job leaves behind: Spark tells of a failure before the other tasks have stopped, and of
 * success before those that another attempt has overtaken (speculation). They would still write into a folder that is
 * deleted meanwhile, and so make it again.
 *
 * <p>Watches the jobs that the thread starts that opened it, until it is closed.
 */
final class LateTasks extends SparkListener implements AutoCloseable {

    /** A task that does not stop when it is told to is not waited for. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final String PROPERTY = "packhorse.write";

    private final SparkContext spark;
    private final String id = UUID.randomUUID().toString();
    private final Set<Integer> stages = ConcurrentHashMap.newKeySet();
    private final Set<Long> running = ConcurrentHashMap.newKeySet();
    private boolean found;

    private LateTasks(SparkContext spark) {
        this.spark = spark;
    }

    static LateTasks watch(SparkContext spark) {
        var tasks = new LateTasks(spark);
        spark.addSparkListener(tasks);
        spark.setLocalProperty(PROPERTY, tasks.id);
        return tasks;
    }

    @Override
    public void onJobStart(SparkListenerJobStart start) {
        if (start.properties() != null && id.equals(start.properties().getProperty(PROPERTY))) {
            start.stageIds().foreach(stage -> stages.add((Integer) stage));
        }
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
        if (stages.contains(start.stageId())) {
            running.add(start.taskInfo().taskId());
        }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        running.remove(end.taskInfo().taskId());
    }

    /** Returns when all tasks have ended that had begun, or after a while. */
    private void await() {
        var end = System.nanoTime() + LONGEST.toNanos();
        try {
            spark.listenerBus().waitUntilEmpty(LONGEST.toMillis()); // what has begun is known now
            found = !running.isEmpty();
            while (!running.isEmpty() && System.nanoTime() < end) {
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            // a bus that full tells of no task in time
        }
    }

    /** Whether there were any, once this is closed. */
    boolean found() {
        return found;
    }

    /** Waits, and watches no more. */
    @Override
    public void close() {
        spark.setLocalProperty(PROPERTY, null);
        await();
        spark.removeSparkListener(this);
    }
}
