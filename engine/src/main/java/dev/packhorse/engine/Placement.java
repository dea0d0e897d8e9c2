package dev.packhorse.engine;

import dev.packhorse.engine.contract.Device;
import java.io.Serializable;

/**
 * Where an engine computes, as a run's driver has decided it for all executors. Immutable.
 *
 * @param device what it is bound to
 * @param orCpu whether a machine that cannot compute there computes on its CPU, and says so; else it is an error
 * @param reason what is to be said of the decision, such as why a GPU that is there is not used; empty where there is nothing
 */
public record Placement(Device device, boolean orCpu, String reason) implements Serializable {

    /** There and nowhere else. */
    public Placement(Device device) {
        this(device, false, "");
    }

    /** The same on another device of the kind. */
    public Placement on(Device other) {
        return new Placement(other, orCpu, reason);
    }

    /** The CPU in place of a GPU that one might have expected, and why. */
    public static Placement onCpuFor(String reason) {
        return new Placement(new Device.Cpu(), false, reason);
    }
}
