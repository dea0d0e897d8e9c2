package dev.packhorse.engine.families;

import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.List;

/**
 * MPNet (Song et al., arXiv 2004.09297): BERT without token types, with T5's biases by relative position beside its own
 * positions, which begin behind the padding token's id; names: transformers, models/mpnet/modeling_mpnet.py.
 */
final class MpnetFamily implements Family {

    /** Fixed in MPNetEmbeddings, whatever the configuration says. */
    private static final int PADDING = 1;

    /** From there on all distances share a bucket; fixed in MPNetEncoder. */
    private static final int MAX_DISTANCE = 128;

    @Override
    public List<String> modelTypes() {
        return List.of("mpnet");
    }

    @Override
    public TransformerShape shape(Config config) {
        var rows = config.positive("max_position_embeddings");
        if (rows < PADDING + 2) {
            throw config.nonsense("max_position_embeddings of at least " + (PADDING + 2), String.valueOf(rows));
        }
        config.expect("relative_attention_num_buckets", "32"); // which MPNetEncoder takes whatever stands there
        return BertFamily.shape(config, rows - PADDING - 1).withPadding(PADDING).withRelativePositions();
    }

    @Override
    public float[] positionEmbeddings(TransformerShape shape, Tensors tensors) {
        return RobertaFamily.behindPadding(shape, tensors);
    }

    @Override
    public float[] relativeBias(TransformerShape shape, Tensors tensors) {
        var buckets = tensors.rows("encoder.relative_attention_bias.weight");
        var table = tensors.tensor("encoder.relative_attention_bias.weight", buckets, shape.heads());
        var distances = 2 * shape.positions() - 1;
        var bias = new float[shape.heads() * distances];
        for (var i = 0; i < distances; i++) {
            var bucket = bucket(i - (shape.positions() - 1), buckets);
            for (var head = 0; head < shape.heads(); head++) {
                bias[head * distances + i] = table[bucket * shape.heads() + head];
            }
        }
        return bias;
    }

    /**
     * The bucket of a distance, T5's (Raffel et al., arXiv 1910.10683, section 2.1): half of them for keys behind the
     * query; of each half, half for one distance each, the others for distances that grow by a factor.
     *
     * @param distance the key's position minus the query's
     */
    static int bucket(int distance, int buckets) {
        var half = buckets / 2;
        var exact = half / 2;
        var side = distance > 0 ? half : 0;
        var n = Math.abs(distance);
        if (n < exact) {
            return side + n;
        }
        // in float, as torch computes it: the last bit decides between two buckets
        var logarithm = (float) Math.log((float) n / exact) / (float) Math.log((double) MAX_DISTANCE / exact);
        return side + Math.min(half - 1, exact + (int) (logarithm * (half - exact)));
    }

    @Override
    public LayerWeights layer(TransformerShape shape, Tensors tensors, int layer) {
        var names = new Ungated(
                "encoder.layer." + layer,
                ".attention.attn.q",
                ".attention.attn.k",
                ".attention.attn.v",
                ".attention.attn.o",
                ".attention.LayerNorm",
                ".intermediate.dense",
                ".output.dense",
                ".output.LayerNorm");
        return names.read(shape, tensors);
    }
}
