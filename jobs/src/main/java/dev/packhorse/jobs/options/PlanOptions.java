package dev.packhorse.jobs.options;

import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The options of the command that says what a corpus will cost. Constants, immutable. */
public final class PlanOptions {

    public static final Option<Integer> SAMPLE_ROWS = Option.of(
            "sample-rows",
            OptionType.integer(1, 1_000_000),
            2_000,
            "Texts that are tokenized and encoded to find out how long and how dear all of them are.");

    public static final Option<Duration> WITHIN = Option.of(
            "within", OptionType.duration(), "The time that the job may take: says how many executors that needs.");

    /** All of them, in the order in which people read them. */
    public static final List<Option<?>> ALL = Stream.of(
                    Stream.<Option<?>>of(ReindexOptions.SOURCE),
                    ReindexOptions.OF_SOURCES.stream(),
                    Stream.<Option<?>>of(EmbedOptions.GENERATE_IDS, SAMPLE_ROWS, WITHIN),
                    EncodeOptions.ALL.stream())
            .<Option<?>>flatMap(options -> options)
            .toList();

    private PlanOptions() {}
}
