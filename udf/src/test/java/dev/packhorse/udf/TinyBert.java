package dev.packhorse.udf;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.Models;
import java.util.concurrent.atomic.AtomicInteger;

/** Settings for the tiny model. */
public final class TinyBert {

    private static final AtomicInteger NEXT_BUDGET = new AtomicInteger(512);

    private TinyBert() {}

    public static Model model() {
        return Models.find(Fixtures.tinyBert().toString());
    }

    /** Settings that no test had before, so that the process has no engine for them yet. */
    public static EngineSettings freshSettings() {
        return freshSettings(model());
    }

    public static EngineSettings freshSettings(Model model) {
        return freshSettings(model, PathChoice.AUTO);
    }

    public static EngineSettings freshSettings(Model model, PathChoice path) {
        return new EngineSettings(model, Precision.FLOAT32, path, NEXT_BUDGET.getAndIncrement(), 1);
    }
}
