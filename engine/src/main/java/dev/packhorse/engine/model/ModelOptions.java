package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What somebody says about a model in place of what its files say.
 *
 * @param revision what its files must be; see {@link Revision}
 * @param poolings in place of the model's own, put side by side; empty for the model's own
 * @param normalize whether vectors have length 1
 * @param prompt what stands in front of every text
 * @param promptName which of the model's prompts does; {@link #NO_PROMPT} for none
 * @param maxSeqLength the most tokens of a text that are read
 * @param truncateDim how many of a vector's elements are kept
 * @param onnxOutput which of the graph's outputs is read
 */
public record ModelOptions(
        Optional<String> revision,
        List<Pooling> poolings,
        Optional<Boolean> normalize,
        Optional<String> prompt,
        Optional<String> promptName,
        Optional<Integer> maxSeqLength,
        Optional<Integer> truncateDim,
        Optional<String> onnxOutput) {

    /** The name of a prompt that stands for no prompt. */
    public static final String NO_PROMPT = "none";

    /** Everything as the model's files say. */
    public static final ModelOptions NONE = new ModelOptions(
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** @throws ModelException when both a prompt and the name of one are given */
    public ModelOptions {
        poolings = List.copyOf(poolings);
        if (prompt.isPresent() && promptName.isPresent()) {
            throw new ModelException("--prompt, --prompt-name: expected one of them, found '%s' and '%s'"
                    .formatted(prompt.get(), promptName.get()));
        }
    }

    /**
     * Poolings as people write them, joined by +.
     *
     * @throws IllegalArgumentException for one that there is not, or one that is there twice
     */
    public static List<Pooling> poolings(String written) {
        var poolings = new ArrayList<Pooling>();
        for (var name : written.split("\\+", -1)) {
            var pooling = Pooling.named(name.strip()).orElseThrow(() -> new IllegalArgumentException(name));
            if (poolings.contains(pooling)) {
                throw new IllegalArgumentException(name + " twice");
            }
            poolings.add(pooling);
        }
        return poolings;
    }

    /** The head with the poolings, normalisation and dimension that were asked for. */
    Head apply(Head head, int hidden) {
        var pooled = poolings.isEmpty() ? head : head.withPoolings(poolings);
        var normalized = normalize.map(pooled::withNormalize).orElse(pooled);
        return truncateDim
                .map(dimension -> truncated(normalized, hidden, dimension))
                .orElse(normalized);
    }

    private static Head truncated(Head head, int hidden, int dimension) {
        try {
            return head.withDimension(hidden, dimension);
        } catch (ModelException e) {
            throw new ModelException("--truncate-dim: " + e.getMessage(), e);
        }
    }
}
