package dev.packhorse.engine.families;

import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.transformer.TransformerShape;
import java.io.Serializable;
import java.util.List;

/** What is inside an encoder: a family whose layers we can run ourselves, or something else and why we cannot. Immutable. */
public sealed interface Architecture extends Serializable {

    /** Whether positions begin at 0 or behind the padding token's id is not known. */
    int UNKNOWN_PADDING = -2;

    /** The token id that positions do not count, and behind which they begin; see {@link TransformerShape#padding()}. */
    int padding();

    /**
     * One of {@link Families}.
     *
     * @param modelType the family's name as config.json has it, such as {@code xlm-roberta}
     * @param shape its sizes and what is computed with them
     */
    record Known(String modelType, TransformerShape shape) implements Architecture {

        @Override
        public int padding() {
            return shape.padding();
        }
    }

    /**
     * A graph that only its own runtime can run.
     *
     * @param failed the conditions that were not met, at least one
     * @param padding as {@link TransformerShape#padding()}; {@link #UNKNOWN_PADDING} where nobody says of what kind it is
     */
    record Opaque(List<Condition> failed, int padding) implements Architecture {

        public Opaque {
            failed = List.copyOf(failed);
        }

        /** One whose positions begin at 0. */
        public Opaque(List<Condition> failed) {
            this(failed, TransformerShape.NO_PADDING);
        }

        /** All of them in one line. */
        public String reason() {
            return Condition.line(failed);
        }
    }
}
