package dev.packhorse.udf.resident;

import java.io.Serializable;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/** Asks an executor for something, by a job of one task. Has no state. */
public final class OneTask {

    private OneTask() {}

    /**
     * What a task answers.
     *
     * @param <T> travels with its code
     */
    @FunctionalInterface
    public interface Question<T> extends Supplier<T>, Serializable {}

    /** The answer; what the task throws comes as Spark gives it. */
    public static <T> T run(SparkContext spark, Question<T> question) {
        return JavaSparkContext.fromSparkContext(spark)
                .parallelize(List.of(1), 1)
                .map(task -> question.get())
                .collect()
                .get(0);
    }
}
