package dev.packhorse.engine.synthetic;

/**
 * The sizes of a model.
 *
 * @param hidden the width of a token's vector
 * @param heads of each layer's attention, which divide the width
 * @param intermediate the width within the feed-forward
 * @param positions rows of the position table
 */
record Sizes(Kind kind, int layers, int hidden, int heads, int intermediate, int vocabulary, int positions) {

    /** The longest text in tokens. */
    int longest() {
        return positions - kind.positionsBefore();
    }

    int headWidth() {
        return hidden / heads;
    }
}
