package dev.packhorse.engine.synthetic;

import dev.packhorse.engine.onnxgraph.Attribute;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.Tensor;
import java.util.List;
import java.util.stream.LongStream;

/** The first part of an exported graph: transformers' BertEmbeddings and XLMRobertaEmbeddings. */
record GraphEmbeddings(Operations in, Sizes sizes) {

    /** @return name of what the layers get, [batch, sequence, hidden] */
    String of(String ids) {
        return switch (sizes.kind()) {
            case BERT -> {
                var batch = in.size(ids, 0);
                var sequence = in.size(ids, 1);
                yield sum(ids, countedFromZero(sequence), batch, sequence);
            }
            case XLM_ROBERTA -> {
                var positions = countedFromPadding(ids);
                yield sum(ids, positions, in.size(ids, 0), in.size(ids, 1));
            }
        };
    }

    /** [1, sequence] */
    private String countedFromZero(String sequence) {
        var all = LongStream.range(0, sizes.positions()).toArray();
        var table = in.graph().constant(Tensor.of(all).reshaped(1, sizes.positions()));
        var first = in.numbers(0);
        var end = in.unsqueeze(sequence, 0);
        return in.graph().node("Slice", List.of(table, first, end, in.numbers(1), in.numbers(1)));
    }

    /** [batch, sequence]; padding has its own id as position. */
    private String countedFromPadding(String ids) {
        var padding = in.both("Equal", ids, in.scalar(sizes.kind().padding()));
        var counts = in.cast(in.graph().node("Not", List.of(padding)), ElementType.INT32);
        var axis = in.graph().constant(new Tensor(ElementType.INT32, new long[0], new byte[] {1, 0, 0, 0}));
        var counted = in.both("Mul", in.both("CumSum", counts, axis), counts);
        return in.both(
                "Add",
                in.cast(counted, ElementType.INT64),
                in.scalar(sizes.kind().padding()));
    }

    private String sum(String ids, String positions, String batch, String sequence) {
        var table = in.graph().constant(Tensor.of(new long[sizes.positions()]).reshaped(1, sizes.positions()));
        var repeated = in.expand(table, in.sizes(List.of(in.size(positions, 0)), -1));
        var types = in.graph().node("GatherElements", List.of(repeated, positions), Attribute.of("axis", 1));
        var allTypes = in.expand(types, in.sizes(List.of(batch, sequence)));
        var words = in.both("Add", looked("word_embeddings", ids), looked("token_type_embeddings", allTypes));
        var placed = in.both("Add", words, looked("position_embeddings", positions));
        return in.norm("LayerNorm", "embeddings", sizes.kind().epsilon(), placed);
    }

    private String looked(String table, String indices) {
        return in.in(table).both("Gather", "embeddings." + table + ".weight", indices);
    }
}
