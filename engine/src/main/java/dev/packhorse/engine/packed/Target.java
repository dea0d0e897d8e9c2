package dev.packhorse.engine.packed;

import dev.packhorse.engine.contract.Device;

/** Where a session computes. */
public sealed interface Target {

    /** What contracts call it. */
    Device device();

    /**
     * A GPU, with packed attention.
     *
     * @param index of the GPU among those that this process sees
     */
    record Gpu(int index) implements Target {
        @Override
        public Device device() {
            return new Device.Gpu(String.valueOf(index));
        }
    }

    /**
     * This machine's cores, with ONNX's own operators: slow, and what holds the graph to the truth where there is no GPU.
     *
     * @param threads how many a launch may compute with, its own included
     */
    record Cpu(int threads) implements Target {
        @Override
        public Device device() {
            return new Device.Cpu();
        }
    }
}
