package dev.packhorse.engine.synthetic;

import java.util.ArrayList;
import java.util.List;

/**
 * The weights of a model, by the names of transformers (models/bert/modeling_bert.py; XLM-RoBERTa's are the same), without
 * the pooler, which no vector of a token needs.
 *
 * <p>Their sizes are such that vectors of different texts stay different, as trained models' do: a matrix keeps the size of
 * what it is multiplied with, words count for more than places, and what is the same for all tokens is small.
 */
final class Parameters {

    private static final double WORDS = 0.05;
    private static final double POSITIONS = 0.0125;
    private static final double TYPES = 0.001;
    private static final double NORMS = 0.02;
    private static final double BIASES = 0.005;

    private final long seed;
    private final List<Parameter> all = new ArrayList<>();

    private Parameters(long seed) {
        this.seed = seed;
    }

    /** Those of a seed of 0, for their names and sizes. */
    static List<Parameter> of(Sizes sizes) {
        return of(sizes, 0);
    }

    static List<Parameter> of(Sizes sizes, long seed) {
        var parameters = new Parameters(seed);
        parameters.embeddings(sizes);
        for (var layer = 0; layer < sizes.layers(); layer++) {
            parameters.layer("encoder.layer." + layer, sizes);
        }
        return List.copyOf(parameters.all);
    }

    private void embeddings(Sizes sizes) {
        var width = sizes.hidden();
        matrix("embeddings.word_embeddings.weight", sizes.vocabulary(), width, WORDS);
        matrix("embeddings.position_embeddings.weight", sizes.positions(), width, POSITIONS);
        matrix("embeddings.token_type_embeddings.weight", sizes.kind().types(), width, TYPES);
        norm("embeddings.LayerNorm", width);
    }

    private void layer(String name, Sizes sizes) {
        var width = sizes.hidden();
        linear(name + ".attention.self.query", width, width);
        linear(name + ".attention.self.key", width, width);
        linear(name + ".attention.self.value", width, width);
        linear(name + ".attention.output.dense", width, width);
        norm(name + ".attention.output.LayerNorm", width);
        linear(name + ".intermediate.dense", width, sizes.intermediate());
        linear(name + ".output.dense", sizes.intermediate(), width);
        norm(name + ".output.LayerNorm", width);
    }

    private void linear(String name, int inputs, int outputs) {
        matrix(name + ".weight", outputs, inputs, 1 / Math.sqrt(inputs));
        vector(name + ".bias", outputs, 0, BIASES);
    }

    private void norm(String name, int width) {
        vector(name + ".weight", width, 1, NORMS);
        vector(name + ".bias", width, 0, BIASES);
    }

    private void matrix(String name, int rows, int columns, double deviation) {
        add(name, List.of(rows, columns), 0, deviation);
    }

    private void vector(String name, int width, double mean, double deviation) {
        add(name, List.of(width), mean, deviation);
    }

    private void add(String name, List<Integer> shape, double mean, double deviation) {
        all.add(new Parameter(name, shape, mean, deviation, seed ^ (long) all.size() << 48));
    }
}
