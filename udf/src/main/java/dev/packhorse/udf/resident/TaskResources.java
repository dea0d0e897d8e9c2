package dev.packhorse.udf.resident;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.contract.Device;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * What Spark gave a task to compute with, by {@code spark.task.cpus} and {@code spark.task.resource.gpu.amount} or by the
 * resource profile of its stage; so that computing threads never outnumber the executor's cores, and no two tasks meet on
 * one GPU that Spark did not put there.
 */
final class TaskResources {

    private static final String GPU = "gpu";

    private TaskResources() {}

    /** The settings of the engine for the task that this thread runs; those that are given where it runs none. */
    static EngineSettings bind(EngineSettings settings) {
        return Optional.ofNullable(TaskContext.get())
                .map(task -> settings.on(device(task.resourcesJMap()))
                        .computing(task.cpus(), calls(SparkEnv.get().conf(), task.cpus())))
                .orElse(settings);
    }

    /**
     * Spark calls GPUs by the addresses that its discovery script found. Tasks that share one, by an amount below 1, have
     * the same address. Of several a task takes the first, for one encoder computes on one GPU.
     */
    static Device device(Map<String, ResourceInformation> resources) {
        var addresses = resources.containsKey(GPU) ? resources.get(GPU).addresses() : new String[0];
        return addresses.length == 0 ? new Device.Cpu() : new Device.Gpu(addresses[0]);
    }

    /** Tasks of an executor at a time. Where nobody says how many cores it has, one task's are counted. */
    static int calls(SparkConf conf, int taskCpus) {
        return Math.max(1, conf.getInt("spark.executor.cores", taskCpus) / taskCpus);
    }
}
