package dev.packhorse.engine.synthetic;

import dev.packhorse.engine.onnxgraph.Dimension;
import dev.packhorse.engine.onnxgraph.ElementType;
import dev.packhorse.engine.onnxgraph.GraphBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The ONNX graph that torch's TorchScript exporter makes of transformers' BertModel or XLMRobertaModel (transformers 5, torch
 * 2.13, opset 17, eager attention): inputs input_ids and attention_mask int64 [batch, sequence], output last_hidden_state
 * float32 [batch, sequence, hidden]. Node for node, roundabout ways included, so that ONNX Runtime makes of it what it makes
 * of an export. Only weights differ: they lie in the safetensors file, [out, in], and a Transpose, which ONNX Runtime
 * carries out when it loads the graph, makes them what the exporter stores.
 */
final class ExportedGraph {

    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;

    private ExportedGraph() {}

    /**
     * Writes one.
     *
     * @param layout of the safetensors file, which lies beside it
     * @param weights that file's name
     */
    static void write(Path file, Sizes sizes, List<Parameter> parameters, SafetensorsLayout layout, String weights)
            throws IOException {
        var graph = new GraphBuilder("main_graph");
        var batch = Dimension.of("batch");
        var sequence = Dimension.of("sequence");
        var ids = graph.input("input_ids", ElementType.INT64, batch, sequence);
        var mask = graph.input("attention_mask", ElementType.INT64, batch, sequence);
        for (var parameter : parameters) {
            graph.initializer(
                    parameter.name(), ElementType.FLOAT, weights, layout.offset(parameter), parameter.dimensions());
        }
        var in = new Operations(graph);
        var hidden = new GraphEmbeddings(in.in("embeddings"), sizes).of(ids);
        var added = new GraphMask(in, in.size(hidden, 0), in.size(hidden, 1)).of(mask);
        for (var i = 0; i < sizes.layers(); i++) {
            var path = "encoder.layer." + i;
            hidden = new GraphLayer(in.in(path), path, sizes, added).of(hidden);
        }
        graph.output("last_hidden_state", hidden, ElementType.FLOAT, batch, sequence, Dimension.of(sizes.hidden()));
        graph.write(file, IR_VERSION, Map.of("", OPSET));
    }
}
