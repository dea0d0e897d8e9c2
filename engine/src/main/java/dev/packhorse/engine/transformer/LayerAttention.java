package dev.packhorse.engine.transformer;

import java.io.Serializable;

/**
 * What the attention of a layer sees.
 *
 * @param window how many tokens to either side a token sees; {@link #ALL} where it sees the whole row
 * @param rotation how queries and keys are turned by their positions
 */
public record LayerAttention(int window, Rotation rotation) implements Serializable {

    /** No window. */
    public static final int ALL = Integer.MAX_VALUE;

    /** All tokens, nothing turned. */
    public static final LayerAttention EVERYWHERE = new LayerAttention(ALL, Rotation.NONE);

    /** The most keys that a query sees. */
    double mostKeys() {
        return 2.0 * window + 1;
    }
}
