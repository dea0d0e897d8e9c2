package dev.packhorse.engine.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the vectors of a row's tokens become one vector. Definitions: sentence-transformers 6, modules/pooling.py. In the
 * order in which it puts several side by side when they are switched on by flags.
 */
public enum Pooling {
    /** The vector of the first token. */
    CLS("cls", "cls", "pooling_mode_cls_token"),
    /** The largest of all tokens' values, for each element. */
    MAX("max", "max", "pooling_mode_max_tokens"),
    /** The mean over all tokens, special tokens included. */
    MEAN("mean", "mean", "pooling_mode_mean_tokens"),
    /** The sum over all tokens, divided by the square root of how many they are. */
    MEAN_SQRT_LEN("mean_sqrt_len", "mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"),
    /** The mean over all tokens, each weighted by its place in the row, from 1. */
    WEIGHTED_MEAN("weightedmean", "weightedmean", "pooling_mode_weightedmean_tokens"),
    /** The vector of the last token. */
    LAST_TOKEN("lasttoken", "lasttoken", "pooling_mode_lasttoken");

    private final String id;
    private final String mode;
    private final String flag;

    Pooling(String id, String mode, String flag) {
        this.id = id;
        this.mode = mode;
        this.flag = flag;
    }

    /** The name that options, manifests and logs use. */
    public String id() {
        return id;
    }

    /** The key that is true for it in configurations written before sentence-transformers 6. */
    public String flag() {
        return flag;
    }

    /** The pooling of that id, or of that {@code pooling_mode} of sentence-transformers, where there is one. */
    public static Optional<Pooling> named(String name) {
        return Arrays.stream(values())
                .filter(p -> p.id.equals(name) || p.mode.equals(name))
                .findFirst();
    }

    /** All ids, for messages. */
    public static String ids() {
        return Arrays.stream(values()).map(Pooling::id).collect(Collectors.joining(", "));
    }
}
