package dev.packhorse.jobs.options;

import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.List;

/** The options of the command that lists a target's versions and goes back to one. Constants, immutable. */
public final class VersionsOptions {

    public static final Option<String> ROLL_BACK_TO = Option.of(
            "roll-back-to",
            OptionType.text(),
            "The version that readers are to see from now on; without it, all are listed.");

    /** All of them, in the order in which people read them. */
    public static final List<Option<?>> ALL =
            List.of(ReindexOptions.TARGET, ReindexOptions.TARGET_FORMAT, ReindexOptions.WAREHOUSE, ROLL_BACK_TO);

    private VersionsOptions() {}
}
