package dev.packhorse.udf.options;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The options that were given, read and checked; immutable. */
public final class OptionValues {

    /** Commas of a list in a configuration; not those inside the braces of a glob. */
    private static final Pattern LIST = Pattern.compile(",(?![^{]*})");

    private final Map<Option<?>, Object> given;

    private OptionValues(Map<Option<?>, Object> given) {
        this.given = Map.copyOf(given);
    }

    /**
     * Reads options from a Spark configuration and from a command line; the command line wins.
     *
     * @param known the options that there are
     * @param conf a configuration; keys that do not begin with {@code spark.packhorse.} are not looked at
     * @param commandLine option names, without dashes in front, and their texts
     * @throws OptionException when one is unknown (naming the nearest) or cannot be read
     */
    public static OptionValues read(
            Collection<Option<?>> known, Map<String, String> conf, Map<String, List<String>> commandLine) {
        var given = new HashMap<Option<?>, Object>();
        conf.forEach((key, text) -> {
            if (key.startsWith(Option.CONF_PREFIX)) {
                var option = find(known, key, Option::confKey);
                var texts = option.type().shape() == OptionType.Shape.REPEATED
                        ? LIST.splitAsStream(text).map(String::strip).toList()
                        : List.of(text);
                given.put(option, option.type().read(key, texts));
            }
        });
        commandLine.forEach((name, texts) -> {
            var option = find(known, "--" + name, Option::flag);
            given.put(option, option.type().read(option.flag(), texts));
        });
        return new OptionValues(given);
    }

    /** These with a value for one more option, or in place of the one that was given. */
    public <T> OptionValues with(Option<T> option, T value) {
        var more = new HashMap<>(given);
        more.put(option, value);
        return new OptionValues(more);
    }

    private static Option<?> find(Collection<Option<?>> known, String key, Function<Option<?>, String> keyOf) {
        return known.stream()
                .filter(option -> keyOf.apply(option).equals(key))
                .findFirst()
                .orElseThrow(() -> new OptionException("unknown option %s; the nearest is %s"
                        .formatted(
                                key, Nearest.to(key, known.stream().map(keyOf).toList()))));
    }

    /**
     * The option's value, or its default.
     *
     * @throws OptionException when it was not given and has no default
     */
    public <T> T get(Option<T> option) {
        return find(option)
                .orElseThrow(() -> new OptionException("%s is missing: %s (%s)"
                        .formatted(option.flag(), option.help(), option.type().label())));
    }

    /** The option's value or its default, where there is either. */
    public <T> Optional<T> find(Option<T> option) {
        @SuppressWarnings("unchecked") // read() puts nothing else under this key
        var value = (T) given.get(option);
        return value == null ? option.fallback() : Optional.of(value);
    }

    /** Whether the option was given, be it with its default. */
    public boolean isGiven(Option<?> option) {
        return given.containsKey(option);
    }

    /** Every given option by its name, as text, for manifests. */
    public Map<String, String> asText() {
        var texts = new TreeMap<String, String>();
        given.keySet().forEach(option -> texts.put(option.name(), text(option)));
        return texts;
    }

    private <T> String text(Option<T> option) {
        return option.type().writer().apply(get(option));
    }
}
