package dev.packhorse.udf.options;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One option, defined once.
 *
 * @param name as on the command line, in kebab case and without dashes in front: {@code max-batch-tokens}
 * @param type how its text is read
 * @param fallback its value where none is given; empty where there is none
 * @param help one line
 */
public record Option<T>(String name, OptionType<T> type, Optional<T> fallback, String help) {

    /** What stands in front of every option's key in a Spark configuration. */
    public static final String CONF_PREFIX = "spark.packhorse.";

    private static final Pattern DASH_AND_LETTER = Pattern.compile("-(.)");

    /** An option with a default. */
    public static <T> Option<T> of(String name, OptionType<T> type, T fallback, String help) {
        return new Option<>(name, type, Optional.of(fallback), help);
    }

    /** An option without a default. */
    public static <T> Option<T> of(String name, OptionType<T> type, String help) {
        return new Option<>(name, type, Optional.empty(), help);
    }

    /** {@code --max-batch-tokens} */
    public String flag() {
        return "--" + name;
    }

    /** {@code maxBatchTokens}, its name as a Param and in SQL. */
    public String camelCase() {
        return DASH_AND_LETTER.matcher(name).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT));
    }

    /** {@code spark.packhorse.maxBatchTokens} */
    public String confKey() {
        return CONF_PREFIX + camelCase();
    }
}
