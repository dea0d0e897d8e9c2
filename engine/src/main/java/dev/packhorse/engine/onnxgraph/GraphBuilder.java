package dev.packhorse.engine.onnxgraph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Builds an ONNX graph in the order in which its nodes compute. Values are known by their names, which a node's call answers
 * with:
 *
 * <pre>{@code
 * var graph = new GraphBuilder("main_graph");
 * var x = graph.input("x", ElementType.FLOAT, Dimension.of("batch"), Dimension.of(32));
 * var weight = graph.initializer("dense.weight", ElementType.FLOAT, "model.safetensors", 4096, 32, 32);
 * var y = graph.in("dense").node("MatMul", List.of(x, weight));
 * }</pre>
 *
 * <p>Nodes are named after the modules that they are in, {@code /encoder/layer.0/MatMul_1}, as torch's exporter does it, so
 * that a weight's place can be read from them. Format: github.com/onnx/onnx, onnx/onnx.proto. Not thread-safe.
 */
public final class GraphBuilder {

    /** All that has been built, whatever module one is in. */
    private static final class Parts {

        final String name;
        final List<Node> nodes = new ArrayList<>();
        final ProtobufWriter initializers = new ProtobufWriter();
        final ProtobufWriter inputs = new ProtobufWriter();
        final ProtobufWriter outputs = new ProtobufWriter();
        final Map<String, String> renamed = new HashMap<>(); // what comes out, by the names that nodes gave it
        final Map<String, Integer> used = new HashMap<>(); // how often a name was asked for

        Parts(String name) {
            this.name = name;
        }

        String unused(String wanted) {
            var before = used.merge(wanted, 1, Integer::sum) - 1;
            return before == 0 ? wanted : wanted + "_" + before;
        }
    }

    private final Parts parts;
    private final String prefix; // of nodes' names, / at its end

    /** A graph without nodes. */
    public GraphBuilder(String name) {
        this(new Parts(name), "/");
    }

    private GraphBuilder(Parts parts, String prefix) {
        this.parts = parts;
        this.prefix = prefix;
    }

    /**
     * The same graph within a module: what it is asked for becomes part of that graph.
     *
     * @param module its path below this one, such as {@code attention.self}
     */
    public GraphBuilder in(String module) {
        return new GraphBuilder(parts, prefix + slashed(module) + "/");
    }

    /** Dots stand between modules, but for the one in front of a number: layer.0 is one name. */
    private static String slashed(String module) {
        return module.replaceAll("\\.(?!\\d)", "/");
    }

    /** What goes in; answers with its name. */
    public String input(String name, ElementType type, Dimension... shape) {
        parts.inputs.message(11, value(name, type, shape));
        return name;
    }

    /**
     * What comes out.
     *
     * @param name by which those who run the graph know it
     * @param value the node's output that it is, which gets this name in the whole graph
     */
    public void output(String name, String value, ElementType type, Dimension... shape) {
        parts.renamed.put(value, name);
        parts.outputs.message(12, value(name, type, shape));
    }

    /** ValueInfoProto: name 1, type 2 (tensor_type 1: elem_type 1, shape 2 of dim 1: dim_value 1 or dim_param 2). */
    private static ProtobufWriter value(String name, ElementType type, Dimension... shape) {
        var dimensions = new ProtobufWriter();
        for (var dimension : shape) {
            dimensions.message(
                    1,
                    dimension instanceof Dimension.Fixed fixed
                            ? new ProtobufWriter().number(1, fixed.size())
                            : new ProtobufWriter().text(2, ((Dimension.Named) dimension).name()));
        }
        var tensor = new ProtobufWriter().number(1, type.code()).message(2, dimensions);
        return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
    }

    /** A weight that is part of the graph's own file; answers with its name. */
    public String initializer(String name, Tensor tensor) {
        parts.initializers.message(5, tensor.proto().text(8, name));
        return name;
    }

    /**
     * A weight whose numbers lie in another file, row-major and little-endian; answers with its name. TensorProto: name 8,
     * external_data 13 (key 1, value 2), data_location 14.
     *
     * @param location path of the file, relative to the graph's folder and within it, with / between parts
     * @param offset of its first byte there
     */
    public String initializer(String name, ElementType type, String location, long offset, long... shape) {
        var length = (long) type.bytes();
        for (var size : shape) {
            length = Math.multiplyExact(length, size);
        }
        var proto = Tensor.header(type, shape).text(8, name);
        Map.of("location", location, "offset", "" + offset, "length", "" + length).entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> proto.message(
                        13, new ProtobufWriter().text(1, entry.getKey()).text(2, entry.getValue())));
        parts.initializers.message(5, proto.number(14, 1));
        return name;
    }

    /** A node without inputs that gives a constant; answers with its output. */
    public String constant(Tensor value) {
        return node("Constant", List.of(), Attribute.of("value", value));
    }

    /** A node of one of ONNX's own operators; answers with its only output, for which it makes up a name. */
    public String node(String type, List<String> inputs, Attribute... attributes) {
        return node(Operator.standard(type), inputs, attributes);
    }

    /** A node with one output; answers with that, for which it makes up a name. */
    public String node(Operator operator, List<String> inputs, Attribute... attributes) {
        return node(operator, 1, inputs, attributes).get(0);
    }

    /**
     * A node with several outputs; answers with them, for which it makes up names.
     *
     * @param inputs an empty name for one that is left out
     */
    public List<String> node(Operator operator, int outputs, List<String> inputs, Attribute... attributes) {
        return node(operator, IntStream.range(0, outputs).boxed().toList(), inputs, attributes);
    }

    /**
     * A node of whose outputs some are left out; answers with the others, for which it makes up names.
     *
     * @param outputs which are wanted, by their rising indices
     * @param inputs an empty name for one that is left out
     */
    public List<String> node(Operator operator, List<Integer> outputs, List<String> inputs, Attribute... attributes) {
        var name = parts.unused(prefix + operator.type());
        var made = IntStream.rangeClosed(0, outputs.get(outputs.size() - 1))
                .mapToObj(i -> outputs.contains(i) ? name + "_output_" + i : "")
                .toList();
        parts.nodes.add(new Node(name, operator, List.copyOf(inputs), made, List.of(attributes)));
        return outputs.stream().map(made::get).toList();
    }

    /**
     * The bytes of an ONNX file: ModelProto with ir_version 1, producer_name 2, graph 7, opset_import 8.
     *
     * @param irVersion of the format, such as 8
     * @param opsets versions of the operators by their domains; the empty one is ONNX's own
     */
    public byte[] toBytes(int irVersion, Map<String, Integer> opsets) {
        return model(irVersion, new TreeMap<>(opsets)).toBytes();
    }

    /**
     * The same into a file, which is replaced.
     *
     * @throws IOException when it cannot be written
     */
    public void write(Path file, int irVersion, Map<String, Integer> opsets) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            model(irVersion, new TreeMap<>(opsets)).writeTo(out);
        }
    }

    private ProtobufWriter model(int irVersion, SortedMap<String, Integer> opsets) {
        var graph = new ProtobufWriter();
        parts.nodes.forEach(node -> graph.message(1, node.proto(parts.renamed)));
        graph.text(2, parts.name)
                .append(parts.initializers)
                .append(parts.inputs)
                .append(parts.outputs);
        var model =
                new ProtobufWriter().number(1, irVersion).text(2, "packhorse").message(7, graph);
        opsets.forEach((domain, version) -> {
            var opset = new ProtobufWriter();
            if (!domain.isEmpty()) {
                opset.text(1, domain);
            }
            model.message(8, opset.number(2, version));
        });
        return model;
    }
}
