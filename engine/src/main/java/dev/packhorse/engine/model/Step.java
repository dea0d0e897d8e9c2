package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import java.io.Serializable;

/** Something that is done to a pooled vector; sentence-transformers calls it a module. Immutable. */
public sealed interface Step extends Serializable {

    /** The canonical description that fingerprints are made of: equal for equal computations. */
    String description();

    /**
     * The length of the vectors that come out.
     *
     * @param inputs the length of those that go in
     * @throws ModelException when such vectors cannot go in
     */
    int dimension(int inputs);

    /**
     * A linear map and an activation: {@code activation(x W^T + b)}. Definition: sentence-transformers 6,
     * modules/dense.py, without a residual and from and to the sentence embedding.
     *
     * @param weights a safetensors file with {@code linear.weight} [N, K] and, where there is one, {@code linear.bias} [N]
     * @param inputs K
     * @param outputs N
     * @param bias whether b is added
     * @param activation what is done to each output
     */
    record Dense(ModelFile weights, int inputs, int outputs, boolean bias, DenseActivation activation) implements Step {

        @Override
        public String description() {
            return "dense(%d->%d,%s,%s,%s)"
                    .formatted(inputs, outputs, bias ? "bias" : "no-bias", activation.id(), weights.sha256());
        }

        @Override
        public int dimension(int found) {
            if (found != inputs || outputs < 1) {
                throw new ModelException(
                        "%s: expected Dense to map vectors of %d numbers to at least one, found %d to %d"
                                .formatted(weights.location(), found, inputs, outputs));
            }
            return outputs;
        }
    }

    /** Division by the Euclidean length. */
    record Normalize() implements Step {

        @Override
        public String description() {
            return "normalize";
        }

        @Override
        public int dimension(int inputs) {
            return inputs;
        }
    }

    /**
     * The first elements of a vector, as Matryoshka representations are cut (Kusupati et al., arXiv 2205.13147).
     *
     * @param dimension how many
     */
    record Truncate(int dimension) implements Step {

        @Override
        public String description() {
            return "truncate(%d)".formatted(dimension);
        }

        @Override
        public int dimension(int inputs) {
            if (dimension < 1 || dimension > inputs) {
                throw new ModelException("dimension: expected from 1 to the %d that the model's vectors have, found %d"
                        .formatted(inputs, dimension));
            }
            return dimension;
        }
    }
}
