package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads which weights an exported ONNX graph holds, by the names that the model's code gives them ({@link OnnxNames}).
 * Format: github.com/onnx/onnx, onnx/onnx.proto (ModelProto.graph 7, GraphProto.node 1 and initializer 5).
 */
final class OnnxDirectory {

    private final Map<String, OnnxTensor> initializers = new HashMap<>();
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Allowance allowance = new Allowance();
    private boolean empty = true;

    private OnnxDirectory() {}

    /** @param data files of external data, by their locations */
    static Map<String, StoredTensor> read(SourceFile graph, Map<String, SourceFile> data) throws IOException {
        var directory = new OnnxDirectory();
        var model = new ProtobufReader(new FileWindow(graph.channel()), new Span(0, graph.size()));
        while (model.next()) {
            if (model.field() == 7) {
                directory.readGraph(model.message());
            }
        }
        if (directory.empty) {
            throw new ModelException("expected an ONNX graph, found no node");
        }
        var stored = new HashMap<String, StoredTensor>();
        directory.initializers.forEach((name, tensor) -> stored.put(name, tensor.stored(graph, data)));
        var constants = new HashMap<String, StoredTensor>();
        for (var node : directory.nodes) {
            node.value()
                    .filter(OnnxTensor::isFloat)
                    .ifPresent(value -> constants.put(
                            node.output(), value.named(node.output()).stored(graph, data)));
        }
        return new OnnxNames(stored, constants, directory.nodes).all();
    }

    private void readGraph(ProtobufReader graph) throws IOException {
        while (graph.next()) {
            switch (graph.field()) {
                case 1 -> {
                    empty = false;
                    add(OnnxNode.read(graph.message()));
                }
                case 5 -> add(OnnxTensor.read(graph.message()));
                default -> {}
            }
        }
    }

    private void add(Optional<OnnxNode> node) {
        if (node.isPresent()) {
            allowance.take(node.get().characters());
            nodes.add(node.get());
        }
    }

    private void add(OnnxTensor tensor) {
        // other types are no weights; neither has data any part of an initializer without a name
        if (tensor.isFloat() && !tensor.name().isEmpty()) {
            allowance.take(tensor.name().length());
            if (initializers.put(tensor.name(), tensor) != null) {
                throw new ModelException("expected one initializer %s, found two".formatted(tensor.name()));
            }
        }
    }
}
