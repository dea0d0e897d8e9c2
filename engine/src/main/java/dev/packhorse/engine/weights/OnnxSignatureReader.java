package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.weights.OnnxSignature.ElementType;
import dev.packhorse.engine.weights.OnnxSignature.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads the signature of a graph; field numbers from onnx/onnx.proto. */
final class OnnxSignatureReader {

    /** Graphs within graphs are the branches of conditions; exporters write two or three levels. */
    private static final int DEEPEST = 16;

    private final List<Value> inputs = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();
    private final Set<String> initializers = new HashSet<>();
    private final Set<String> externalData = new TreeSet<>();
    private final Allowance allowance = new Allowance();
    private boolean found;

    private OnnxSignatureReader() {}

    static OnnxSignature read(SourceFile file) throws IOException {
        var reader = new OnnxSignatureReader();
        var model = new ProtobufReader(new FileWindow(file.channel()), new Span(0, file.size()));
        while (model.next()) {
            switch (model.field()) {
                case 7 -> reader.readGraph(model.message());
                case 25 -> reader.readFunction(model.message());
                default -> {}
            }
        }
        if (!reader.found) {
            throw new ModelException("expected an ONNX graph, found none");
        }
        reader.inputs.removeIf(input -> reader.initializers.contains(input.name()));
        return new OnnxSignature(reader.inputs, reader.outputs, reader.externalData);
    }

    private void readGraph(ProtobufReader graph) throws IOException {
        found = true;
        while (graph.next()) {
            switch (graph.field()) {
                case 1 -> readNode(graph.message(), 0);
                case 5 -> {
                    var name = readTensor(graph.message());
                    allowance.take(name.length());
                    initializers.add(name);
                }
                case 11 -> inputs.add(readValue(graph.message()));
                case 12 -> outputs.add(readValue(graph.message()));
                case 15 -> readSparse(graph.message());
                default -> {}
            }
        }
    }

    /** A function of the file's own: nodes alone. */
    private void readFunction(ProtobufReader function) throws IOException {
        while (function.next()) {
            if (function.field() == 7) {
                readNode(function.message(), 0);
            }
        }
    }

    private void readNode(ProtobufReader node, int depth) throws IOException {
        while (node.next()) {
            if (node.field() == 5) {
                readAttribute(node.message(), depth);
            }
        }
    }

    /** Tensors and graphs may be anywhere among the attributes of nodes, and have data in other files. */
    private void readAttribute(ProtobufReader attribute, int depth) throws IOException {
        while (attribute.next()) {
            switch (attribute.field()) {
                case 5, 10 -> readTensor(attribute.message());
                case 6, 11 -> readInnerGraph(attribute.message(), depth + 1);
                case 22, 23 -> readSparse(attribute.message());
                default -> {}
            }
        }
    }

    private void readInnerGraph(ProtobufReader graph, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new ModelException("expected graphs at most %d deep, found deeper ones".formatted(DEEPEST));
        }
        while (graph.next()) {
            switch (graph.field()) {
                case 1 -> readNode(graph.message(), depth);
                case 5 -> readTensor(graph.message());
                case 15 -> readSparse(graph.message());
                default -> {}
            }
        }
    }

    private void readSparse(ProtobufReader sparse) throws IOException {
        while (sparse.next()) {
            if (sparse.field() == 1 || sparse.field() == 2) {
                readTensor(sparse.message());
            }
        }
    }

    /** Notes the file that a tensor lies in, and returns the tensor's name. */
    private String readTensor(ProtobufReader message) throws IOException {
        var tensor = OnnxTensor.read(message);
        if (tensor.external().isPresent()
                && externalData.add(tensor.external().get().location())) {
            allowance.take(tensor.external().get().location().length());
        }
        return tensor.name();
    }

    /** ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1. */
    private Value readValue(ProtobufReader value) throws IOException {
        var named = new Value("", ElementType.OTHER, Optional.empty());
        while (value.next()) {
            switch (value.field()) {
                case 1 -> named = new Value(value.text(), named.type(), named.dimensions());
                case 2 -> {
                    var type = value.message();
                    while (type.next()) {
                        if (type.field() == 1) {
                            named = readType(type.message(), named.name());
                        }
                    }
                }
                default -> {}
            }
        }
        allowance.take(named.name().length() + 8L * Shapes.MOST_DIMENSIONS);
        return named;
    }

    /** TypeProto.Tensor: elem_type 1, shape 2. */
    private static Value readType(ProtobufReader type, String name) throws IOException {
        var element = ElementType.OTHER;
        Optional<List<Long>> dimensions = Optional.empty();
        while (type.next()) {
            switch (type.field()) {
                case 1 -> element = ElementType.of(type.number());
                case 2 -> dimensions = Optional.of(readShape(type.message(), name));
                default -> {}
            }
        }
        return new Value(name, element, dimensions);
    }

    /** TensorShapeProto: dim 1; Dimension: dim_value 1, or the name of what it is for. */
    private static List<Long> readShape(ProtobufReader shape, String name) throws IOException {
        var dimensions = new ArrayList<Long>();
        while (shape.next()) {
            if (shape.field() == 1) {
                var dimension = shape.message();
                var size = -1L;
                while (dimension.next()) {
                    size = dimension.field() == 1 ? Math.max(dimension.number(), -1) : size;
                }
                dimensions.add(size);
            }
            if (dimensions.size() > Shapes.MOST_DIMENSIONS) {
                throw new ModelException(
                        "expected at most %d dimensions of %s, found more".formatted(Shapes.MOST_DIMENSIONS, name));
            }
        }
        return List.copyOf(dimensions);
    }
}
