package dev.packhorse.engine.transformer;

import dev.packhorse.engine.model.Architecture.Bert;
import dev.packhorse.engine.weights.WeightsFile;
import java.nio.FloatBuffer;

/** BERT's weights by the names that transformers' modeling_bert.py gives them. */
public final class BertWeights implements TransformerWeights {

    private final Bert bert;
    private final WeightsFile file;

    /**
     * @param file becomes this object's to close; closed here where an exception is thrown
     * @throws dev.packhorse.engine.ModelException when the file has not all of the tensors, or in other shapes
     */
    public BertWeights(Bert bert, WeightsFile file) {
        this.bert = bert;
        this.file = file;
        try {
            requireAll();
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void requireAll() {
        var h = bert.hidden();
        var f = bert.intermediate();
        file.require("embeddings.word_embeddings.weight", bert.vocabulary(), h);
        file.require("embeddings.position_embeddings.weight", bert.positions(), h);
        file.require("embeddings.token_type_embeddings.weight", bert.tokenTypes(), h);
        requireNorm("embeddings.LayerNorm");
        for (var layer = 0; layer < bert.layers(); layer++) {
            requireDense(name(layer, "attention.self.query"), h, h);
            requireDense(name(layer, "attention.self.key"), h, h);
            requireDense(name(layer, "attention.self.value"), h, h);
            requireDense(name(layer, "attention.output.dense"), h, h);
            requireNorm(name(layer, "attention.output.LayerNorm"));
            requireDense(name(layer, "intermediate.dense"), h, f);
            requireDense(name(layer, "output.dense"), f, h);
            requireNorm(name(layer, "output.LayerNorm"));
        }
    }

    private void requireDense(String name, int inputs, int outputs) {
        file.require(name + ".weight", outputs, inputs);
        file.require(name + ".bias", outputs);
    }

    private void requireNorm(String name) {
        file.require(name + ".weight", bert.hidden());
        file.require(name + ".bias", bert.hidden());
    }

    @Override
    public TransformerShape shape() {
        return new TransformerShape(
                bert.hidden(),
                bert.layers(),
                bert.heads(),
                bert.intermediate(),
                bert.vocabulary(),
                bert.positions(),
                bert.epsilon());
    }

    @Override
    public void wordEmbeddings(FloatBuffer into) {
        file.read("embeddings.word_embeddings.weight", into, bert.vocabulary(), bert.hidden());
    }

    @Override
    public float[] positionEmbeddings() {
        var sums = file.read("embeddings.position_embeddings.weight", bert.positions(), bert.hidden());
        var types = file.read("embeddings.token_type_embeddings.weight", bert.tokenTypes(), bert.hidden());
        for (var i = 0; i < sums.length; i++) {
            sums[i] += types[i % bert.hidden()]; // token type 0
        }
        return sums;
    }

    @Override
    public Norm embeddingNorm() {
        return norm("embeddings.LayerNorm");
    }

    @Override
    public LayerWeights layer(int layer) {
        var h = bert.hidden();
        var f = bert.intermediate();
        return new LayerWeights(
                LayerWeights.queryKeyValue(
                        dense(name(layer, "attention.self.query"), h, h),
                        dense(name(layer, "attention.self.key"), h, h),
                        dense(name(layer, "attention.self.value"), h, h),
                        shape().headSize()),
                dense(name(layer, "attention.output.dense"), h, h),
                norm(name(layer, "attention.output.LayerNorm")),
                dense(name(layer, "intermediate.dense"), h, f),
                dense(name(layer, "output.dense"), f, h),
                norm(name(layer, "output.LayerNorm")));
    }

    private static String name(int layer, String part) {
        return "encoder.layer." + layer + "." + part;
    }

    private Dense dense(String name, int inputs, int outputs) {
        return new Dense(
                inputs, outputs, file.read(name + ".weight", outputs, inputs), file.read(name + ".bias", outputs));
    }

    private Norm norm(String name) {
        return new Norm(file.read(name + ".weight", bert.hidden()), file.read(name + ".bias", bert.hidden()));
    }

    @Override
    public void close() {
        file.close();
    }
}
