package dev.packhorse.engine.contract;

import java.io.Serializable;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Something that must hold for a model to take a path, and does not.
 *
 * @param name what is looked at, such as {@code hidden_act} or {@code onednn}
 * @param expected what would do
 * @param found what is there
 */
public record Condition(String name, String expected, String found) implements Serializable {

    @Override
    public String toString() {
        return "%s: expected %s, found %s".formatted(name, expected, found);
    }

    /** All of them in one line. */
    public static String line(Collection<Condition> conditions) {
        return conditions.stream().map(Condition::toString).collect(Collectors.joining("; "));
    }
}
