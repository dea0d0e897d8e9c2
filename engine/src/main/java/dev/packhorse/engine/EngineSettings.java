package dev.packhorse.engine;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import java.io.Serializable;

/**
 * All that decides how an engine is opened; equal settings may share one.
 *
 * @param model what to load
 * @param precision in what numbers to compute
 * @param path which path to take
 * @param maxBatchTokens the most tokens in one batch, padding included; a single longer row goes alone
 * @param threads how many threads one encoder call computes with, the caller's included
 * @param calls how many calls come at the same time, each from a thread of its own; encoders whose calls share one pool
 *     have {@code calls * (threads - 1)} threads in it
 * @param placement where its encoder computes
 */
public record EngineSettings(
        Model model,
        Precision precision,
        PathChoice path,
        int maxBatchTokens,
        int threads,
        int calls,
        Placement placement)
        implements Serializable {

    /** Those of an engine that is bound to cores, for one call at a time. */
    public EngineSettings(Model model, Precision precision, PathChoice path, int maxBatchTokens, int threads) {
        this(model, precision, path, maxBatchTokens, threads, 1, new Placement(new Device.Cpu()));
    }

    /** The same for an engine of so many threads a call, and so many calls. */
    public EngineSettings computing(int threadsEach, int atATime) {
        return new EngineSettings(model, precision, path, maxBatchTokens, threadsEach, atATime, placement);
    }

    /** The same with room for so many tokens in a batch. */
    public EngineSettings withMaxBatchTokens(int tokens) {
        return new EngineSettings(model, precision, path, tokens, threads, calls, placement);
    }

    /** The threads of all calls: each caller's own, and the one pool that helps them. */
    int threadsInPool() {
        return calls * (threads - 1);
    }

    /** What it is bound to. */
    public Device device() {
        return placement.device();
    }

    /** The same for an engine that is bound to another device. */
    public EngineSettings on(Device other) {
        return placed(placement.on(other));
    }

    /** The same for an engine somewhere else. */
    public EngineSettings placed(Placement other) {
        return new EngineSettings(model, precision, path, maxBatchTokens, threads, calls, other);
    }

    /**
     * A token budget that serves a device well. A core is busy with few; a GPU waits for its host between launches and is
     * kept waiting less by long ones.
     */
    public static int usualBatchTokens(Device device) {
        return device instanceof Device.Gpu ? 32_768 : 512;
    }

    /** The fingerprint of the vectors that such an engine makes. */
    public String fingerprint() {
        return path.of(model).fingerprint(precision);
    }
}
