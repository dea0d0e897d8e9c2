package dev.packhorse.jobs.cli;

import dev.packhorse.udf.options.Option;

/** Shows the default of an option. */
final class Defaults {

    private Defaults() {}

    /** The default as one would write it, or nothing where there is none. */
    static <T> String text(Option<T> option) {
        return option.fallback().map(option.type().writer()).orElse("");
    }

    /** A sentence to follow the option's help, or nothing. */
    static String sentence(Option<?> option) {
        return text(option).isEmpty() ? "" : " Default: " + text(option);
    }
}
