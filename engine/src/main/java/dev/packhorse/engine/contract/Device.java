package dev.packhorse.engine.contract;

import java.io.Serializable;

/** Where an encoder computes, or what is there for it to compute on. Immutable. */
public sealed interface Device extends Serializable {

    /** The name that options, manifests and logs use. */
    String id();

    /** The cores of this machine. */
    record Cpu() implements Device {
        @Override
        public String id() {
            return "cpu";
        }
    }

    /**
     * One GPU of this machine.
     *
     * @param address what those who share out GPUs call it, mostly its number
     */
    record Gpu(String address) implements Device {
        @Override
        public String id() {
            return "cuda:" + address;
        }
    }
}
