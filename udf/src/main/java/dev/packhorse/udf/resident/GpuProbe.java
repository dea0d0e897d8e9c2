package dev.packhorse.udf.resident;

import dev.packhorse.engine.Gpus;
import dev.packhorse.engine.Paths;
import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkContext;

/** What a run's driver knows of the GPUs that the run may compute on. Implementations are thread-safe. */
public interface GpuProbe {

    /** Whether there is one at all, be it one that cannot be used: given by Spark, or in this machine. */
    boolean any();

    /** What keeps the run from using it, asked where the run computes; nothing where nothing does. */
    Optional<Condition> unmet();

    /** What keeps the run from using GPUs that were asked for, as far as the driver knows; else tasks will find it. */
    Optional<Condition> unmet(Device.Gpu asked);

    /** Of a run that computes in this process. */
    static GpuProbe here() {
        return new GpuProbe() {
            @Override
            public boolean any() {
                return Gpus.any();
            }

            @Override
            public Optional<Condition> unmet() {
                return unmet(new Device.Gpu(List.of()));
            }

            @Override
            public Optional<Condition> unmet(Device.Gpu asked) {
                return Paths.unmetOn(asked);
            }
        };
    }

    /** Of a run by Spark: of this process, where the master is local, else of the executors. */
    static GpuProbe of(SparkContext spark) {
        return spark.isLocal() ? here() : new ExecutorGpus(spark);
    }
}
