package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.List;

/**
 * RoBERTa (Liu et al., arXiv 1907.11692), XLM-RoBERTa and CamemBERT: BERT whose positions begin behind the padding
 * token's id; names: transformers, models/roberta/modeling_roberta.py.
 */
final class RobertaFamily implements Family {

    private static final BertFamily BERT = new BertFamily();

    @Override
    public List<String> modelTypes() {
        return List.of("roberta", "xlm-roberta", "camembert");
    }

    @Override
    public TransformerShape shape(Config config) {
        var padding = (int) config.number(1, "pad_token_id");
        var rows = config.positive("max_position_embeddings");
        if (padding < 0 || rows - 2 < padding) {
            throw config.nonsense("max_position_embeddings of more than pad_token_id + 1", rows + " and " + padding);
        }
        return BertFamily.shape(config, rows - padding - 1).withPadding(padding);
    }

    @Override
    public float[] positionEmbeddings(TransformerShape shape, Tensors tensors) {
        return BertFamily.withTokenType(shape, tensors, behindPadding(shape, tensors));
    }

    /**
     * The rows of positions that count from the padding token's id + 1 on, and behind them the padding token's own.
     *
     * @return [P + 1, E] row-major
     */
    static float[] behindPadding(TransformerShape shape, Tensors tensors) {
        var e = shape.embedding();
        var first = shape.padding() + 1;
        var table = tensors.tensor("embeddings.position_embeddings.weight", first + shape.positions(), e);
        var rows = new float[shape.positionRows() * e];
        System.arraycopy(table, first * e, rows, 0, shape.positions() * e);
        System.arraycopy(table, shape.padding() * e, rows, shape.positions() * e, e);
        return rows;
    }

    @Override
    public LayerWeights layer(TransformerShape shape, Tensors tensors, int layer) {
        return BERT.layer(shape, tensors, layer);
    }
}
