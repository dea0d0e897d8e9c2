package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.TransformerShape;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/** What is inside an encoder: a family whose layers we can run ourselves, or something else and why we cannot. */
public sealed interface Architecture extends Serializable {

    /**
     * One of {@link Families}.
     *
     * @param modelType the family's name as config.json has it, such as {@code xlm-roberta}
     * @param shape its sizes and what is computed with them
     */
    record Known(String modelType, TransformerShape shape) implements Architecture {}

    /**
     * A graph that only its own runtime can run.
     *
     * @param failed the conditions that were not met, at least one
     */
    record Opaque(List<Condition> failed) implements Architecture {

        public Opaque {
            failed = List.copyOf(failed);
        }

        /** All of them in one line. */
        public String reason() {
            return failed.stream().map(Condition::toString).collect(Collectors.joining("; "));
        }
    }

    /**
     * Something that must hold for a model to be run by our own layers.
     *
     * @param name what is looked at, such as {@code hidden_act}
     * @param expected what would do
     * @param found what is there
     */
    record Condition(String name, String expected, String found) implements Serializable {

        @Override
        public String toString() {
            return "%s: expected %s, found %s".formatted(name, expected, found);
        }
    }
}
