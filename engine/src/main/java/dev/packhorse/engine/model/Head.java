package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What becomes of token vectors: they are pooled, and the pooled vector goes through the steps in their order.
 *
 * @param poolings put side by side in their order; empty where an ONNX graph itself gives one vector for each row
 * @param includePrompt whether the tokens of a prompt are pooled too
 * @param steps what is done to the pooled vector
 */
public record Head(List<Pooling> poolings, boolean includePrompt, List<Step> steps) implements Serializable {

    public Head {
        poolings = List.copyOf(poolings);
        steps = List.copyOf(steps);
    }

    /** One pooling over all tokens, and a normalisation where it is wanted. */
    public static Head of(Pooling pooling, boolean normalize) {
        return new Head(List.of(pooling), true, normalize ? List.of(new Step.Normalize()) : List.of());
    }

    /**
     * The length of the vectors that come out.
     *
     * @param hidden that of the token vectors, or of the graph's pooled vectors where nothing is pooled here
     * @throws ModelException when a step does not fit what comes before it
     */
    public int dimension(int hidden) {
        var dimension = pooledDimension(hidden);
        for (var step : steps) {
            dimension = step.dimension(dimension);
        }
        return dimension;
    }

    /** The length of the pooled vectors, before the steps. */
    public int pooledDimension(int hidden) {
        return Math.multiplyExact(hidden, Math.max(1, poolings.size()));
    }

    /** Whether the vectors that come out have length 1. */
    public boolean normalizes() {
        return !steps.isEmpty() && steps.get(steps.size() - 1) instanceof Step.Normalize;
    }

    /** The same steps after other poolings. */
    public Head withPoolings(List<Pooling> others) {
        return new Head(others, includePrompt, steps);
    }

    /** The same whose vectors have length 1, or come as the last dense layer or the pooling gives them. */
    public Head withNormalize(boolean normalize) {
        if (normalize) {
            return normalizes() ? this : withSteps(append(new Step.Normalize()));
        }
        var dense = 0; // what is before a dense layer is its input
        for (var i = 0; i < steps.size(); i++) {
            dense = steps.get(i) instanceof Step.Dense ? i : dense;
        }
        var kept = new ArrayList<>(steps);
        kept.subList(dense, kept.size()).removeIf(Step.Normalize.class::isInstance);
        return withSteps(List.copyOf(kept));
    }

    /**
     * The same whose vectors are cut to their first elements; scaled to length 1 again where they were before.
     *
     * @param hidden what {@link #dimension(int)} is asked with
     * @throws ModelException when the vectors are not that long
     */
    public Head withDimension(int hidden, int dimension) {
        var truncate = new Step.Truncate(dimension);
        var whole = dimension(hidden);
        if (truncate.dimension(whole) == whole) {
            return this;
        }
        var cut = withSteps(append(truncate));
        return normalizes() ? cut.withNormalize(true) : cut;
    }

    /** One line that is equal for equal computations: what a model's fingerprint has of its head. */
    public String description() {
        var pooled = poolings.isEmpty()
                ? "pooled"
                : poolings.stream().map(Pooling::id).collect(Collectors.joining("+"));
        return Stream.concat(
                        Stream.of(includePrompt ? pooled : pooled + "(without-prompt)"),
                        steps.stream().map(Step::description))
                .collect(Collectors.joining("|"));
    }

    /** The files that the steps read. */
    public List<ModelFile> files() {
        return steps.stream()
                .filter(Step.Dense.class::isInstance)
                .map(step -> ((Step.Dense) step).weights())
                .toList();
    }

    /** The same with its files at other places, each where {@code place} says. */
    public Head withFiles(Function<ModelFile, ModelFile.Location> place) {
        return withSteps(steps.stream().map(step -> moved(step, place)).toList());
    }

    private static Step moved(Step step, Function<ModelFile, ModelFile.Location> place) {
        return step instanceof Step.Dense d
                ? new Step.Dense(
                        d.weights().at(place.apply(d.weights())), d.inputs(), d.outputs(), d.bias(), d.activation())
                : step;
    }

    private Head withSteps(List<Step> others) {
        return new Head(poolings, includePrompt, others);
    }

    private List<Step> append(Step step) {
        var longer = new ArrayList<>(steps);
        longer.add(step);
        return longer;
    }
}
