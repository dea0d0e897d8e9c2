package dev.packhorse.udf.rows;

import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.udf.resident.GpuProbe;
import java.util.Optional;

/**
 * A run's GPUs, in words.
 *
 * @param any whether there is one
 * @param unmet what keeps the run from using it
 */
record FakeGpus(boolean any, Optional<Condition> unmet) implements GpuProbe {

    static final Condition OLD = new Condition("cuda", "a GPU that ONNX Runtime can use", "none: it is old");

    static final FakeGpus NONE = new FakeGpus(false, Optional.of(OLD));
    static final FakeGpus GOOD = new FakeGpus(true, Optional.empty());
    static final FakeGpus BAD = new FakeGpus(true, Optional.of(OLD));

    @Override
    public Optional<Condition> unmet(Device.Gpu asked) {
        return unmet;
    }
}
