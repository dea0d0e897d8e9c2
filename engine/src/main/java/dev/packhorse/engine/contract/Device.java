package dev.packhorse.engine.contract;

import java.io.Serializable;
import java.util.List;

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
     * GPUs of this machine: one, or several that take batches from one queue.
     *
     * @param addresses what those who share out GPUs call them, mostly their numbers; none for all that the task has been
     *     given or, where nobody gives any, all of the machine's
     */
    record Gpu(List<String> addresses) implements Device {

        public Gpu {
            addresses = List.copyOf(addresses);
        }

        /** One of them. */
        public Gpu(String address) {
            this(List.of(address));
        }

        @Override
        public String id() {
            return addresses.isEmpty() ? "cuda" : "cuda:" + String.join(",", addresses);
        }
    }
}
