package dev.packhorse.udf.resident;

import dev.packhorse.engine.Paths;
import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The GPUs of a cluster's executors: where Spark gives tasks some, one executor is asked whether it can use them. */
final class ExecutorGpus implements GpuProbe {

    /** Either makes executors have GPUs. */
    private static final List<String> AMOUNTS = List.of(TaskResources.OF_EXECUTOR, TaskResources.OF_TASK);

    /** By application, for queries ask again and again, and executors are of a kind. */
    private static final Map<String, Optional<Condition>> ANSWERS = new ConcurrentHashMap<>();

    private static final Logger LOG = LoggerFactory.getLogger(ExecutorGpus.class);

    private final SparkContext spark;

    ExecutorGpus(SparkContext spark) {
        this.spark = spark;
    }

    @Override
    public boolean any() {
        return given(spark.getConf());
    }

    static boolean given(SparkConf conf) {
        return AMOUNTS.stream().anyMatch(amount -> conf.getDouble(amount, 0) > 0);
    }

    @Override
    public Optional<Condition> unmet() {
        var application = spark.applicationId();
        if (!ANSWERS.containsKey(
                application)) { // asked outside of the map, whose other entries would wait for the job, too
            LOG.info("asking an executor whether its GPU can be used: a job of one task, which waits for a free core");
            ANSWERS.put(application, ask());
        }
        return ANSWERS.get(application);
    }

    @Override
    public Optional<Condition> unmet(Device.Gpu asked) {
        return Optional.empty();
    }

    /** By a job of one task. What travels are texts, which each of Spark's serializers knows. */
    private Optional<Condition> ask() {
        var answer = OneTask.run(spark, ExecutorGpus::inTask);
        return answer.length == 0
                ? Optional.empty()
                : Optional.of(new Condition(answer[0] + " on an executor", answer[1], answer[2]));
    }

    /** The condition that the task which this thread runs finds not to be met, in its parts; empty where there is none. */
    private static String[] inTask() {
        try {
            return Paths.unmetOn(TaskResources.bind(new Device.Gpu(List.of())))
                    .map(unmet -> new String[] {unmet.name(), unmet.expected(), unmet.found()})
                    .orElse(new String[0]);
        } catch (EncoderException e) {
            return new String[] {"cuda", "GPUs for tasks", e.getMessage()};
        }
    }
}
