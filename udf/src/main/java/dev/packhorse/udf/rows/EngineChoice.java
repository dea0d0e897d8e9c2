package dev.packhorse.udf.rows;

import dev.packhorse.engine.Engine;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionValues;

/**
 * Which engine the options ask for, held against the model. Decided on the driver, for all executors: a run's vectors are of
 * one precision.
 *
 * @param precision what {@code auto} means here, too
 */
public record EngineChoice(PathChoice path, Precision precision, int maxBatchTokens) {

    /**
     * What the options say, for a model.
     *
     * @throws RuntimeException (OptionException or ModelException) when the model rules it out
     */
    public static EngineChoice of(OptionValues options, Model model) {
        var path = options.get(EncodeOptions.PATH);
        var precision = options.get(EncodeOptions.PRECISION).on(model, path);
        Engine.checkChoice(model, path, precision);
        return new EngineChoice(path, precision, options.get(EncodeOptions.MAX_BATCH_TOKENS));
    }

    /** How the model is opened, on one thread: tasks know how many cores they have. */
    public EngineSettings settings(Model model) {
        return new EngineSettings(model, precision, path, maxBatchTokens, 1);
    }
}
