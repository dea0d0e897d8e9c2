package dev.packhorse.engine.packed;

/** What a graph may be fed; T tokens of B rows, S cells a row when they are padded. All int32. */
enum PackedInput {
    /** [T] the tokens' ids. */
    TOKEN_IDS("token_ids"),
    /** [T] which row of the position table each token gets. */
    POSITIONS("positions"),
    /** [T] the place of each token in its row, by which rotary positions turn. */
    PLACES("places"),
    /**
     * [B, S] the cells of the padded rectangle, row-major: first those of the T tokens, then those that are padding. As
     * PackedMultiHeadAttention has it (github.com/microsoft/onnxruntime, docs/ContribOperators.md).
     */
    TOKEN_OFFSET("token_offset"),
    /** [B + 1] where each row begins among the tokens, and T. */
    CUMULATIVE_LENGTHS("cumulative_sequence_length");

    private final String id;

    PackedInput(String id) {
        this.id = id;
    }

    /** Its name in the graph. */
    String id() {
        return id;
    }
}
