package dev.packhorse.engine.model;

import java.io.Serializable;

/** What is inside an encoder: a family whose layers we can run ourselves, or something else and why we cannot. */
public sealed interface Architecture extends Serializable {

    /**
     * BERT (Devlin et al., arXiv 1810.04805) as transformers has it: learned absolute positions, layer norm after each
     * residual, erf-GELU.
     *
     * @param hidden H, the width of the token vectors
     * @param layers how many layers
     * @param heads attention heads, each of width {@code hidden / heads}
     * @param intermediate F, the width between the two matrices of the feed-forward network
     * @param vocabulary how many token ids there are
     * @param positions how many positions have an embedding
     * @param tokenTypes how many token types have an embedding; ours are all 0
     * @param epsilon what layer norm adds to the variance
     */
    record Bert(
            int hidden,
            int layers,
            int heads,
            int intermediate,
            int vocabulary,
            int positions,
            int tokenTypes,
            float epsilon)
            implements Architecture {}

    /**
     * A graph that only its own runtime can run.
     *
     * @param reason the condition that failed, such as {@code model_type is t5}
     */
    record Opaque(String reason) implements Architecture {}
}
