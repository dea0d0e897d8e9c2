package dev.packhorse.engine.padded;

import java.util.Arrays;
import java.util.Optional;

/** What we know to feed an exported model, by the names that exporters give it, in the order that models take it in. */
public enum InputKind {
    /** Token ids. */
    TOKENS("input_ids"),
    /** 1 where there is a token, 0 where there is padding. */
    MASK("attention_mask"),
    /** 0: every text is a first segment. */
    TYPES("token_type_ids"),
    /** The place of each token in its row. */
    POSITIONS("position_ids");

    private final String id;

    InputKind(String id) {
        this.id = id;
    }

    /** The input's name. */
    public String id() {
        return id;
    }

    /** What is fed to an input of that name, where we know it. */
    public static Optional<InputKind> named(String name) {
        return Arrays.stream(values()).filter(kind -> kind.id.equals(name)).findFirst();
    }
}
