package dev.packhorse.engine.families;

import dev.packhorse.engine.Condition;
import dev.packhorse.engine.transformer.TransformerShape;
import java.io.Serializable;
import java.util.List;

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
            return Condition.line(failed);
        }
    }
}
