package dev.packhorse.engine.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts the operators of an ONNX file. */
public final class GraphOperators {

    private GraphOperators() {}

    /** How many nodes each operator has. */
    public static SortedMap<String, Integer> count(Path graph) throws IOException {
        var counts = new TreeMap<String, Integer>();
        try (var file = SourceFile.open("a graph", graph)) {
            var model = new ProtobufReader(new FileWindow(file.channel()), new Span(0, file.size()));
            while (model.next()) {
                if (model.field() == 7) {
                    countNodes(model.message(), counts);
                }
            }
        }
        return counts;
    }

    private static void countNodes(ProtobufReader graph, SortedMap<String, Integer> counts) throws IOException {
        while (graph.next()) {
            if (graph.field() == 1) {
                var node = graph.message();
                while (node.next()) {
                    if (node.field() == 4) {
                        counts.merge(node.text(), 1, Integer::sum);
                    }
                }
            }
        }
    }
}
