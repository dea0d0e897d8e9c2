package dev.packhorse.engine.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The nodes of an ONNX file, in its order. */
public final class GraphNodes {

    private GraphNodes() {}

    /**
     * A node.
     *
     * @param operator with its domain in front of it
     * @param attributes NAME=VALUE of numbers, in the names' order; of others their names alone
     */
    public record GraphNode(
            String name, String operator, List<String> inputs, List<String> outputs, List<String> attributes) {}

    /** Reads them all. */
    public static List<GraphNode> read(Path graph) throws IOException {
        var nodes = new ArrayList<GraphNode>();
        try (var file = SourceFile.open("a graph", graph)) {
            var model = new ProtobufReader(new FileWindow(file.channel()), new Span(0, file.size()));
            while (model.next()) {
                if (model.field() == 7) {
                    var parts = model.message();
                    while (parts.next()) {
                        if (parts.field() == 1) {
                            nodes.add(node(parts.message()));
                        }
                    }
                }
            }
        }
        return nodes;
    }

    private static GraphNode node(ProtobufReader node) throws IOException {
        var inputs = new ArrayList<String>();
        var outputs = new ArrayList<String>();
        var attributes = new TreeMap<String, String>();
        var name = "";
        var type = "";
        var domain = "";
        while (node.next()) {
            switch (node.field()) {
                case 1 -> inputs.add(node.text());
                case 2 -> outputs.add(node.text());
                case 3 -> name = node.text();
                case 4 -> type = node.text();
                case 5 -> attribute(node.message(), attributes);
                case 7 -> domain = node.text();
                default -> throw new IllegalStateException("field " + node.field() + " of a node");
            }
        }
        return new GraphNode(
                name,
                domain + ":" + type,
                inputs,
                outputs,
                attributes.entrySet().stream().map(Object::toString).toList());
    }

    private static void attribute(ProtobufReader attribute, Map<String, String> attributes) throws IOException {
        var name = "";
        var value = "";
        while (attribute.next()) {
            switch (attribute.field()) {
                case 1 -> name = attribute.text();
                case 2 -> value += attribute.fixed32();
                case 3 -> value += attribute.number();
                case 8 -> value += attribute.numbers(16);
                default -> {}
            }
        }
        attributes.put(name, value);
    }
}
