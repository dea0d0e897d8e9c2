package dev.packhorse.jobs.demo;

import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.List;

/** The options of the demo. Constants, immutable. */
public final class DemoOptions {

    public static final Option<Boolean> FULL = Option.of(
            "full",
            OptionType.flag(),
            false,
            "Embed all 135,000 texts in place of a sample that takes about a minute.");

    public static final Option<String> OUTPUT =
            Option.of("output", OptionType.text(), "demo-output", "The folder that gets corpus and embeddings.");

    /** All of them. */
    public static final List<Option<?>> ALL = List.of(
            FULL,
            OUTPUT,
            EncodeOptions.MODEL,
            EncodeOptions.PRECISION,
            EncodeOptions.DEVICE,
            EncodeOptions.MAX_BATCH_TOKENS);

    private DemoOptions() {}
}
