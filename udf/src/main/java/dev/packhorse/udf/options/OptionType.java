package dev.packhorse.udf.options;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How the text of an option is read and shown.
 *
 * @param label what values look like, for help and messages: {@code an integer from 1 to 9}
 * @param shape how many texts make a value
 * @param kind as what a typed interface takes a value
 * @param reader texts to value; throws IllegalArgumentException where they are no such value
 * @param writer value to text, for the documentation of defaults
 */
public record OptionType<T>(
        String label, Shape shape, Kind kind, Function<List<String>, T> reader, Function<T, String> writer) {

    /** How many texts make a value. */
    public enum Shape {
        /** One text. */
        SINGLE,
        /** One text, or none for {@code true}. */
        FLAG,
        /** Any number of texts: the option may be repeated; in a configuration file commas separate them. */
        REPEATED
    }

    /** As what a typed interface, such as a Param of Spark ML, takes a value. */
    public enum Kind {
        TEXT,
        INTEGER,
        BOOLEAN
    }

    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([kmg]?)b?");

    private static final Pattern TIME = Pattern.compile("(\\d{1,6})([smhd])");
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1), "d", Duration.ofDays(1));

    /** Any text that is not blank. */
    public static OptionType<String> text() {
        return single("text", OptionType::notBlank, Function.identity());
    }

    /**
     * One text that is read into something else.
     *
     * @param reader throws IllegalArgumentException for a text that is none
     */
    public static <T> OptionType<T> parsed(String label, Function<String, T> reader, Function<T, String> writer) {
        return single(label, reader, writer);
    }

    /** An integer within bounds, both included. */
    public static OptionType<Integer> integer(int least, int most) {
        return single(
                "an integer from " + least + " to " + most,
                Kind.INTEGER,
                text -> {
                    var value = Integer.parseInt(text.strip());
                    if (value < least || value > most) {
                        throw new IllegalArgumentException("out of bounds");
                    }
                    return value;
                },
                String::valueOf);
    }

    /** A number within bounds, both included. */
    public static OptionType<Double> number(double least, double most) {
        return single(
                "a number from " + plain(least) + " to " + plain(most),
                text -> {
                    var value = Double.parseDouble(text.strip());
                    if (!(value >= least && value <= most)) { // as NaN is not
                        throw new IllegalArgumentException("out of bounds");
                    }
                    return value;
                },
                OptionType::plain);
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    /** A time such as {@code 45s}, {@code 30m}, {@code 12h} or {@code 7d}. */
    public static OptionType<Duration> duration() {
        return single("a time such as 45s, 30m, 12h or 7d", OptionType::parseDuration, OptionType::formatDuration);
    }

    /** true or false. */
    public static OptionType<Boolean> flag() {
        return new OptionType<>(
                "true or false",
                Shape.FLAG,
                Kind.BOOLEAN,
                texts -> switch (one(texts).strip().toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException("neither true nor false");
                },
                String::valueOf);
    }

    /** One of an enum's constants, by the name that {@code id} gives it; names are in lower case. */
    public static <E extends Enum<E>> OptionType<E> choice(Class<E> type, Function<E, String> id) {
        var constants = type.getEnumConstants();
        return single(
                Arrays.stream(constants).map(id).collect(Collectors.joining(", ", "one of ", "")),
                text -> Arrays.stream(constants)
                        .filter(c -> id.apply(c).equals(text.strip().toLowerCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no such choice")),
                id);
    }

    /**
     * One text that is read into something else; of one that cannot be, the message says what might have been meant.
     *
     * @param meant what somebody may write, and the text that is meant by it
     * @param reader throws IllegalArgumentException for a text that is none
     */
    public static <T> OptionType<T> named(
            String label, Map<String, String> meant, Function<String, T> reader, Function<T, String> writer) {
        return single(
                label,
                text -> {
                    try {
                        return reader.apply(text);
                    } catch (IllegalArgumentException e) {
                        throw new Misnamed(meant.get(Nearest.to(text.strip(), meant.keySet())), e);
                    }
                },
                writer);
    }

    /** Names what might have been meant. */
    private static final class Misnamed extends IllegalArgumentException {

        private static final long serialVersionUID = 1;

        private Misnamed(String nearest, Throwable cause) {
            super("; the nearest is " + nearest, cause);
        }
    }

    /** A number of bytes: {@code 1048576}, {@code 512k}, {@code 256m}, {@code 1g}. */
    public static OptionType<Long> bytes() {
        return single("a size such as 512k, 256m or 1g", OptionType::parseBytes, OptionType::formatBytes);
    }

    /** Several texts. */
    public static OptionType<List<String>> texts() {
        return new OptionType<>(
                "text, may be repeated",
                Shape.REPEATED,
                Kind.TEXT,
                texts -> texts.stream().map(OptionType::notBlank).toList(),
                values -> String.join(",", values));
    }

    /** Several {@code key=value}; of a key that comes twice the last one counts. */
    public static OptionType<Map<String, String>> pairs() {
        return new OptionType<>(
                "key=value, may be repeated",
                Shape.REPEATED,
                Kind.TEXT,
                texts -> {
                    var pairs = new TreeMap<String, String>(); // so that the same pairs are always the same text
                    for (var text : texts) {
                        var equals = text.indexOf('=');
                        if (equals < 1) {
                            throw new IllegalArgumentException("no key=value");
                        }
                        pairs.put(text.substring(0, equals), text.substring(equals + 1));
                    }
                    return Collections.unmodifiableSortedMap(pairs);
                },
                pairs -> pairs.entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .collect(Collectors.joining(",")));
    }

    /**
     * Reads an option's texts.
     *
     * @param option what messages call it
     * @throws OptionException naming the option, what was expected and what was found
     */
    public T read(String option, List<String> texts) {
        try {
            return reader.apply(texts);
        } catch (Misnamed e) {
            throw new OptionException(refusal(option, texts) + e.getMessage());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new OptionException(refusal(option, texts));
        }
    }

    private String refusal(String option, List<String> texts) {
        return "%s: expected %s, found '%s'".formatted(option, label, String.join(",", texts));
    }

    private static <T> OptionType<T> single(String label, Function<String, T> reader, Function<T, String> writer) {
        return single(label, Kind.TEXT, reader, writer);
    }

    private static <T> OptionType<T> single(
            String label, Kind kind, Function<String, T> reader, Function<T, String> writer) {
        return new OptionType<>(label, Shape.SINGLE, kind, texts -> reader.apply(one(texts)), writer);
    }

    private static String one(List<String> texts) {
        if (texts.size() != 1) {
            throw new IllegalArgumentException("not one text");
        }
        return texts.get(0);
    }

    private static String notBlank(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("blank");
        }
        return text;
    }

    private static long parseBytes(String text) {
        var match = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!match.matches()) {
            throw new IllegalArgumentException("no size");
        }
        return Math.multiplyExact(
                Long.parseLong(match.group(1)),
                switch (match.group(2)) {
                    case "k" -> 1L << 10;
                    case "m" -> 1L << 20;
                    case "g" -> 1L << 30;
                    default -> 1L;
                });
    }

    private static Duration parseDuration(String text) {
        var match = TIME.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!match.matches()) {
            throw new IllegalArgumentException("no time");
        }
        return UNITS.get(match.group(2)).multipliedBy(Long.parseLong(match.group(1)));
    }

    private static String formatDuration(Duration time) {
        for (var unit : List.of("d", "h", "m")) {
            if (!time.isZero() && time.toSeconds() % UNITS.get(unit).toSeconds() == 0) {
                return time.dividedBy(UNITS.get(unit)) + unit;
            }
        }
        return time.toSeconds() + "s";
    }

    private static String formatBytes(long bytes) {
        for (var unit : List.of("g", "m", "k")) {
            var size = parseBytes("1" + unit);
            if (bytes >= size && bytes % size == 0) {
                return bytes / size + unit;
            }
        }
        return String.valueOf(bytes);
    }
}
