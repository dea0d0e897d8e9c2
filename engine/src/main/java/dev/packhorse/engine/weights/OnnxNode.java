package dev.packhorse.engine.weights;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parts of a NodeProto (onnx/onnx.proto) that tell which tensor stands where in the model's code.
 *
 * @param type the operator
 * @param scope path of the module whose code it comes from, such as {@code encoder.layer.0.output.dense}; empty where
 *     that is unknown
 * @param inputs the first three; of many, only those tell anything
 * @param output the first
 * @param plain whether it is the operator without a factor, another axis, and the like
 * @param turns whether it transposes: a Transpose its only input, a Gemm its second
 * @param value of a Constant
 */
record OnnxNode(
        String type,
        String scope,
        List<String> inputs,
        String output,
        boolean plain,
        boolean turns,
        Optional<OnnxTensor> value) {

    private static final Set<String> KNOWN = Set.of(
            "Add", "Cast", "Constant", "Gather", "Gemm", "Identity", "LayerNormalization", "MatMul", "Transpose");

    /** Input {@code i}; empty where the node has none. */
    String input(int i) {
        return i < inputs.size() ? inputs.get(i) : "";
    }

    /** How many characters of names it has. */
    long characters() {
        return type.length()
                + scope.length()
                + output.length()
                + inputs.stream().mapToLong(String::length).sum();
    }

    /** Reads a node; empty where its operator tells nothing of weights. */
    static Optional<OnnxNode> read(ProtobufReader node) throws IOException {
        var inputs = new ArrayList<String>();
        var output = "";
        var name = "";
        var type = "";
        var domain = "";
        var module = "";
        var attributes = new Attributes();
        while (node.next()) {
            switch (node.field()) {
                case 1 -> {
                    if (inputs.size() < 3) {
                        inputs.add(node.text());
                    }
                }
                case 2 -> output = output.isEmpty() ? node.text() : output;
                case 3 -> name = node.text();
                case 4 -> type = node.text();
                case 5 -> attributes.read(node.message());
                case 7 -> domain = node.text();
                case 9 -> module = module.isEmpty() ? OnnxScope.ofMetadata(node.message()) : module;
                default -> {}
            }
        }
        if (!KNOWN.contains(type) || !(domain.isEmpty() || domain.equals("ai.onnx"))) {
            return Optional.empty();
        }
        var scope = module.isEmpty() ? OnnxScope.ofName(name) : module;
        return Optional.of(new OnnxNode(
                type,
                scope,
                List.copyOf(inputs),
                output,
                attributes.plain(type),
                attributes.turns(type),
                attributes.value));
    }

    /** AttributeProto: name 1, f 2, i 3, t 5, ints 8. */
    private static final class Attributes {

        private static final int MOST_AXES = 8;

        private final Map<String, Double> numbers = new HashMap<>();
        private final List<Long> permutation = new ArrayList<>();
        private Optional<OnnxTensor> value = Optional.empty();

        void read(ProtobufReader attribute) throws IOException {
            var name = "";
            var number = 0.0;
            var axes = new ArrayList<Long>();
            var tensor = Optional.<OnnxTensor>empty();
            while (attribute.next()) {
                switch (attribute.field()) {
                    case 1 -> name = attribute.text();
                    case 2 -> number = attribute.fixed32();
                    case 3 -> number = attribute.number();
                    case 5 -> tensor = Optional.of(OnnxTensor.read(attribute.message()));
                    case 8 -> {
                        if (axes.size() < MOST_AXES) { // of another operator, where there are more
                            axes.addAll(attribute.numbers(Shapes.MOST_DIMENSIONS));
                        }
                    }
                    default -> {}
                }
            }
            switch (name) {
                case "alpha", "beta", "transA", "transB" -> numbers.put(name, number);
                case "axis" -> numbers.put(name, number);
                case "perm" -> permutation.addAll(axes.size() > MOST_AXES ? List.of() : axes);
                case "value" -> value = tensor;
                default -> {}
            }
        }

        boolean plain(String type) {
            return numbers.getOrDefault("alpha", 1.0) == 1
                    && numbers.getOrDefault("beta", 1.0) == 1
                    && numbers.getOrDefault("transA", 0.0) == 0
                    && (numbers.getOrDefault("axis", 0.0) == 0 || !type.equals("Gather"))
                    && (permutation.isEmpty() || permutation.equals(List.of(1L, 0L)));
        }

        boolean turns(String type) {
            return type.equals("Transpose") || numbers.getOrDefault("transB", 0.0) != 0;
        }
    }
}
