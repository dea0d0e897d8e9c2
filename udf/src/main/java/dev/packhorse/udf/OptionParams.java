package dev.packhorse.udf;

import dev.packhorse.udf.options.Nearest;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionType;
import dev.packhorse.udf.options.OptionType.Kind;
import dev.packhorse.udf.options.StageOptions;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;
import scala.runtime.AbstractFunction1;

/**
 * Params of Spark ML made from {@link StageOptions#WITH_ENCODING}: their names in camel case, their help, and their types' checks, which
 * refuse a value when it is set. An option that is a text for people, such as a size or a choice, is a Param of text.
 */
final class OptionParams implements Serializable {

    private static final long serialVersionUID = 1;

    private final TreeMap<String, Param<Object>> byName = new TreeMap<>();

    OptionParams(Identifiable stage) {
        for (var option : StageOptions.WITH_ENCODING) {
            byName.put(option.camelCase(), param(stage, option));
        }
    }

    private static Param<Object> param(Identifiable stage, Option<?> option) {
        var name = option.camelCase();
        var doc = "%s (%s)".formatted(option.help(), option.type().label());
        var check = new Check(name);
        return switch (option.type().kind()) {
            case TEXT -> new Param<>(stage, name, doc, check);
            case INTEGER -> new IntParam(stage, name, doc, check);
            case BOOLEAN -> new CheckedBooleanParam(stage, name, doc, check);
        };
    }

    /** By name, as Spark ML has them. */
    Param<?>[] all() {
        return byName.values().toArray(Param[]::new);
    }

    Param<Object> of(Option<?> option) {
        return named(option.camelCase());
    }

    /** @throws NoSuchElementException naming the nearest, as Spark ML has it for unknown names */
    Param<Object> named(String name) {
        var param = byName.get(name);
        if (param == null) {
            throw new NoSuchElementException(
                    "unknown Param %s; the nearest is %s".formatted(name, Nearest.to(name, byName.keySet())));
        }
        return param;
    }

    /** What a Param takes for the text of an option. */
    static Object value(Option<?> option, String text) {
        return switch (option.type().kind()) {
            case TEXT -> text;
            case INTEGER -> Integer.valueOf(text);
            case BOOLEAN -> Boolean.valueOf(text);
        };
    }

    /** Refuses what the option refuses, and values of another class, with the option's own message. */
    private static final class Check extends AbstractFunction1<Object, Object> implements Serializable {

        private static final long serialVersionUID = 1;

        private static final Map<Kind, Class<?>> CLASSES =
                Map.of(Kind.TEXT, String.class, Kind.INTEGER, Integer.class, Kind.BOOLEAN, Boolean.class);

        private final String name; // and not the option, which cannot be sent to another process

        Check(String name) {
            this.name = name;
        }

        @Override
        public Object apply(Object value) {
            var type = type();
            if (!CLASSES.get(type.kind()).isInstance(value)) {
                throw new OptionException("%s: expected %s, found %s"
                        .formatted(
                                name,
                                type.label(),
                                value == null ? "null" : value.getClass().getSimpleName() + " " + value));
            }
            type.read(name, List.of(value.toString()));
            return true;
        }

        private OptionType<?> type() {
            return StageOptions.WITH_ENCODING.stream()
                    .filter(option -> option.camelCase().equals(name))
                    .findFirst()
                    .orElseThrow()
                    .type();
        }
    }

    /** Spark's own takes no check, for a Boolean needs none; but any object may come through {@code set(name, value)}. */
    private static final class CheckedBooleanParam extends BooleanParam {

        private static final long serialVersionUID = 1;

        private final Check check;

        CheckedBooleanParam(Identifiable stage, String name, String doc, Check check) {
            super(stage, name, doc);
            this.check = check;
        }

        @Override
        public void validate(Object value) {
            check.apply(value);
        }
    }
}
