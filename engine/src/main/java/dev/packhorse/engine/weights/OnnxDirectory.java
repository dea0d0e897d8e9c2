package dev.packhorse.engine.weights;

import dev.packhorse.engine.ModelException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads which weights an exported ONNX graph holds, by the names that the model's code gives them.
 *
 * <p>torch's exporter keeps the names of embeddings, biases and norms, but folds the transposition of a Linear's weight
 * into it, and then calls it {@code onnx::MatMul_787}. The bias that is added to the product tells whose weight it is.
 * Format: github.com/onnx/onnx, onnx/onnx.proto (ModelProto.graph 7, GraphProto.node 1 and initializer 5).
 */
final class OnnxDirectory {

    private static final int FLOAT = 1; // TensorProto.DataType

    private final Map<String, StoredTensor> initializers = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();

    private OnnxDirectory() {}

    /** The parts of a NodeProto that tell what is multiplied with and added to what. */
    private record Node(String type, List<String> inputs, List<String> outputs) {}

    static Map<String, StoredTensor> read(FileChannel channel) throws IOException {
        var directory = new OnnxDirectory();
        var model = new ProtobufReader(channel, 0, channel.size());
        while (model.next()) {
            if (model.field() == 7) {
                directory.readGraph(model.message());
            }
        }
        if (directory.nodes.isEmpty()) {
            throw new ModelException("expected an ONNX graph, found no node");
        }
        return directory.named();
    }

    private void readGraph(ProtobufReader graph) throws IOException {
        while (graph.next()) {
            switch (graph.field()) {
                case 1 -> readNode(graph.message());
                case 5 -> readInitializer(graph.message());
                default -> {}
            }
        }
    }

    private void readNode(ProtobufReader node) throws IOException {
        var inputs = new ArrayList<String>();
        var outputs = new ArrayList<String>();
        var type = "";
        while (node.next()) {
            switch (node.field()) {
                case 1 -> inputs.add(node.text());
                case 2 -> outputs.add(node.text());
                case 4 -> type = node.text();
                default -> {}
            }
        }
        nodes.add(new Node(type, inputs, outputs));
    }

    private void readInitializer(ProtobufReader tensor) throws IOException {
        var shape = new ArrayList<Long>();
        var name = "";
        var type = 0L;
        var position = -1L;
        var bytes = 0L;
        while (tensor.next()) {
            switch (tensor.field()) {
                case 1 -> shape.addAll(tensor.numbers());
                case 2 -> type = tensor.number();
                case 4, 9 -> { // float_data, packed, has the same bytes as raw_data
                    position = tensor.position();
                    bytes = tensor.length();
                }
                case 8 -> name = tensor.text();
                default -> {}
            }
        }
        // other types are no weights; data in a second file has no position here and is missed by its name later
        if (type == FLOAT && position >= 0) {
            var dims = shape.stream().mapToLong(Long::longValue).toArray();
            var stored = new StoredTensor(NumberType.FLOAT32, dims, false, position);
            if (bytes != stored.size() * Float.BYTES) {
                throw new ModelException(
                        "expected %d bytes of %s, found %d".formatted(stored.size() * Float.BYTES, name, bytes));
            }
            initializers.put(name, stored);
        }
    }

    /** The initializers, those of a Linear's weight under the name that belongs to their bias. */
    private Map<String, StoredTensor> named() {
        var producers = new HashMap<String, Node>();
        for (var node : nodes) {
            node.outputs().forEach(output -> producers.put(output, node));
        }
        var tensors = new TreeMap<>(initializers);
        for (var node : nodes) {
            if (node.type().equals("MatMul")) {
                // whatever it is called: a matrix that tokens are multiplied with from the left is [in, out]
                tensors.computeIfPresent(node.inputs().get(1), (name, weight) -> transposed(weight));
            }
        }
        for (var node : nodes) {
            if (node.type().equals("Add") && node.inputs().size() == 2) {
                nameWeight(node, 0, producers, tensors);
                nameWeight(node, 1, producers, tensors);
            }
        }
        return tensors;
    }

    /** Where input {@code b} of an addition is a bias, and the other a product with a weight: names that weight. */
    private void nameWeight(Node add, int b, Map<String, Node> producers, Map<String, StoredTensor> tensors) {
        var bias = add.inputs().get(b);
        var product = producers.get(add.inputs().get(1 - b));
        if (!bias.endsWith(".bias") || product == null || !product.type().equals("MatMul")) {
            return;
        }
        var weight = initializers.get(product.inputs().get(1));
        if (weight != null && weight.shape().length == 2) {
            var name = bias.substring(0, bias.length() - "bias".length()) + "weight";
            tensors.remove(product.inputs().get(1));
            tensors.put(name, transposed(weight));
        }
    }

    private static StoredTensor transposed(StoredTensor weight) {
        return weight.shape().length == 2
                ? new StoredTensor(weight.type(), weight.shape(), true, weight.position())
                : weight;
    }
}
