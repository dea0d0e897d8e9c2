package dev.packhorse.udf.resident;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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

    /** How many GPUs an executor has. */
    static final String OF_EXECUTOR = "spark.executor.resource.gpu.amount";

    /** How many of them a task gets. */
    static final String OF_TASK = "spark.task.resource.gpu.amount";

    private TaskResources() {}

    /**
     * The settings of the engine for the task that this thread runs; those that are given where it runs none.
     *
     * @throws EncoderException when the task has not the GPU that the settings ask for
     */
    static EngineSettings bind(EngineSettings settings) {
        return Optional.ofNullable(TaskContext.get())
                .map(task -> bind(settings, task, SparkEnv.get().conf()))
                .orElse(settings);
    }

    private static EngineSettings bind(EngineSettings settings, TaskContext task, SparkConf conf) {
        var bound = settings.on(device(settings.device(), task.resourcesJMap(), conf));
        // a GPU is not computed on by a task's cores: whatever they are, it is the same engine
        return bound.device() instanceof Device.Gpu && !bound.placement().orCpu()
                ? bound
                : bound.computing(task.cpus(), calls(conf, task.cpus()));
    }

    /** See {@link #bind}; the device alone. */
    static Device bind(Device wanted) {
        return Optional.ofNullable(TaskContext.get())
                .map(task -> device(wanted, task.resourcesJMap(), SparkEnv.get().conf()))
                .orElse(wanted);
    }

    /**
     * Spark calls GPUs by the addresses that its discovery script found. Tasks that share one, by an amount below 1, have
     * the same address, and with it the same engine; a task with several has an engine that computes on all of them. Where
     * Spark gives none, those of the machine are meant.
     *
     * @param wanted of which a GPU without an address stands for all that the task has
     * @throws EncoderException when the task has GPUs, but not that which is wanted; or none, where its executor has some: whose
     *     they are then, of all that the process sees, nobody says
     */
    static Device device(Device wanted, Map<String, ResourceInformation> resources, SparkConf conf) {
        if (!(wanted instanceof Device.Gpu gpu)) {
            return wanted;
        }
        var given = given(resources);
        if (given.isEmpty()) {
            if (gpu.addresses().isEmpty() && conf.getDouble(OF_EXECUTOR, 0) > 0 && conf.getDouble(OF_TASK, 0) == 0) {
                throw new EncoderException(
                        "--device cuda: expected %s beside %s, found none, so that tasks have no GPU; set it to the executor's GPUs over its cores"
                                .formatted(OF_TASK, OF_EXECUTOR));
            }
            return gpu;
        }
        if (!given.containsAll(gpu.addresses())) {
            throw new EncoderException(
                    "--device %s: expected GPU %s among those that Spark gave the task, found %s; --device cuda takes those"
                            .formatted(gpu.id(), String.join(",", gpu.addresses()), String.join(", ", given)));
        }
        return gpu.addresses().isEmpty() ? new Device.Gpu(given) : gpu;
    }

    /** In one order, so that tasks with the same GPUs share an engine. */
    private static List<String> given(Map<String, ResourceInformation> resources) {
        return Optional.ofNullable(resources.get(GPU)).stream()
                .flatMap(gpus -> Stream.of(gpus.addresses()))
                .distinct()
                .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /**
     * Tasks of an executor at a time: the most that share an engine, or fewer where they have GPUs of their own. Where nobody
     * says how many cores it has, one task's are counted.
     */
    static int calls(SparkConf conf, int taskCpus) {
        return Math.max(1, conf.getInt("spark.executor.cores", taskCpus) / taskCpus);
    }
}
