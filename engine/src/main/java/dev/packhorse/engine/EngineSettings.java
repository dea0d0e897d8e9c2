package dev.packhorse.engine;

import dev.packhorse.engine.model.Model;
import java.io.Serializable;

/**
 * All that decides how an engine is opened; equal settings may share one.
 *
 * @param model what to load
 * @param precision in what numbers to compute
 * @param path which path to take
 * @param maxBatchTokens the most tokens in one batch, padding included; a single longer row goes alone
 * @param threads how many threads one encoder call may compute with, the caller's included
 */
public record EngineSettings(Model model, Precision precision, PathChoice path, int maxBatchTokens, int threads)
        implements Serializable {

    /** The fingerprint of the vectors that such an engine makes. */
    public String fingerprint() {
        return model.fingerprint(precision);
    }
}
