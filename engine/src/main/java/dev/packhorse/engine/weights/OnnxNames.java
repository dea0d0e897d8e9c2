package dev.packhorse.engine.weights;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Names a graph's tensors as the model's code does.
 *
 * <p>torch's exporters keep the names of most parameters, with two exceptions. They fold the transposition of a
 * Linear's weight into it, and then call it {@code onnx::MatMul_787} or {@code val_60}. And of equal parameters, such as
 * norms that training left alone, they keep one, which then stands in all places. So a tensor has, beside its own, the
 * name of each place that it is used in: the module that the node comes from, and what the node does with it. Where
 * modules are unknown, the bias that is added to a product tells whose weight it is.
 *
 * <p>Where two tensors claim a name, none has it: a tensor missing is noticed, a wrong one is not.
 */
final class OnnxNames {

    /** More than exporters put between a parameter and its use; keeps graphs with circles from being followed for ever. */
    private static final int LONGEST_CHAIN = 16;

    private final Map<String, StoredTensor> initializers;
    private final Map<String, StoredTensor> constants;
    private final List<OnnxNode> nodes;
    private final Map<String, OnnxNode> producers = new HashMap<>();

    private final Map<String, Optional<Use>> byScope = new HashMap<>();
    private final Map<String, Optional<Use>> byBias = new HashMap<>();
    private final Map<String, Optional<Use>> copies = new HashMap<>();
    private final Set<String> factors = new HashSet<>();

    /**
     * A tensor in a place.
     *
     * @param source the initializer's or constant's own name
     * @param transposed whether it is stored the other way round than the model's code has it
     */
    private record Use(String source, boolean transposed) {

        Use turned() {
            return new Use(source, !transposed);
        }
    }

    OnnxNames(Map<String, StoredTensor> initializers, Map<String, StoredTensor> constants, List<OnnxNode> nodes) {
        this.initializers = initializers;
        this.constants = new HashMap<>(constants);
        this.nodes = nodes;
    }

    /** All tensors by all their names, except by those that an exporter made up. */
    Map<String, StoredTensor> all() {
        for (var node : nodes) {
            producers.put(node.output(), node);
        }
        producers.remove(""); // an input that is left out is nobody's output
        constants.remove("");
        nodes.stream().filter(OnnxNode::plain).forEach(this::claim);
        var tensors = new TreeMap<String, StoredTensor>();
        var turned = layouts();
        initializers.forEach((name, tensor) -> tensors.put(name, tensor.as(turned.getOrDefault(name, false))));
        var renamed = new HashSet<String>();
        for (var claims : List.of(copies, byScope, byBias)) {
            claims.forEach((name, claim) -> claim.filter(use -> !isOwn(use.source(), name))
                    .ifPresent(use -> {
                        if (tensors.putIfAbsent(name, tensor(use.source()).as(use.transposed())) == null) {
                            renamed.add(use.source());
                        }
                    }));
        }
        renamed.stream().filter(OnnxNames::isMadeUp).forEach(tensors::remove);
        return tensors;
    }

    private void claim(OnnxNode node) {
        switch (node.type()) {
            case "Identity" ->
                resolve(node.input(0)).ifPresent(use -> {
                    if (!isMadeUp(node.output())) {
                        claim(copies, node.output(), use);
                    }
                });
            case "MatMul" -> claimFactor(node, true);
            case "Gemm" -> {
                claimFactor(node, !node.turns());
                claimVector(node, 2, "bias");
            }
            case "LayerNormalization" -> {
                claimVector(node, 1, "weight");
                claimVector(node, 2, "bias");
            }
            case "Gather" -> matrix(node.input(0)).ifPresent(use -> claimInScope(node, "weight", use));
            case "Add" -> {
                claimSum(node, 0);
                claimSum(node, 1);
            }
            default -> {}
        }
    }

    /** Whatever it is called: a matrix that tokens are multiplied with from the left is [in, out]. */
    private void claimFactor(OnnxNode node, boolean turned) {
        matrix(node.input(1)).map(use -> turned ? use.turned() : use).ifPresent(use -> {
            if (use.transposed()) {
                factors.add(use.source());
            }
            claimInScope(node, "weight", use);
        });
    }

    private void claimVector(OnnxNode node, int input, String parameter) {
        resolve(node.input(input))
                .filter(use -> tensor(use.source()).shape().length == 1)
                .ifPresent(use -> claimInScope(node, parameter, use));
    }

    /** Where input {@code b} of an addition is a bias, and the other a product with a weight. */
    private void claimSum(OnnxNode add, int b) {
        var product = producers.get(add.input(1 - b));
        if (add.inputs().size() != 2 || product == null || !product.type().equals("MatMul")) {
            return;
        }
        if (product.scope().equals(add.scope())) {
            claimVector(add, b, "bias");
        }
        var bias = add.input(b);
        if (bias.endsWith(".bias")) {
            var weight = bias.substring(0, bias.length() - "bias".length()) + "weight";
            matrix(product.input(1)).ifPresent(use -> claim(byBias, weight, use.turned()));
        }
    }

    private void claimInScope(OnnxNode node, String parameter, Use use) {
        if (!node.scope().isEmpty()) {
            claim(byScope, node.scope() + "." + parameter, use);
        }
    }

    private static void claim(Map<String, Optional<Use>> claims, String name, Use use) {
        claims.merge(name, Optional.of(use), (one, other) -> one.equals(other) ? one : Optional.empty());
    }

    private Optional<Use> matrix(String value) {
        return resolve(value).filter(use -> tensor(use.source()).shape().length == 2);
    }

    /** The tensor that a value is, where only copies, other types and transpositions lie between. */
    private Optional<Use> resolve(String value) {
        var at = value;
        var turned = false;
        for (var step = 0; step < LONGEST_CHAIN; step++) {
            if (initializers.containsKey(at) || constants.containsKey(at)) {
                var rank = tensor(at).shape().length;
                return turned && rank > 2 ? Optional.empty() : Optional.of(new Use(at, turned && rank == 2));
            }
            var producer = producers.get(at);
            if (producer == null || !producer.plain()) {
                return Optional.empty();
            }
            switch (producer.type()) {
                case "Identity", "Cast" -> {}
                case "Transpose" -> turned = !turned;
                default -> {
                    return Optional.empty();
                }
            }
            at = producer.input(0);
        }
        return Optional.empty();
    }

    private StoredTensor tensor(String source) {
        return initializers.containsKey(source) ? initializers.get(source) : constants.get(source);
    }

    /** Which initializers are stored the other way round than the code that their own names belong to has them. */
    private Map<String, Boolean> layouts() {
        var layouts = new HashMap<String, Boolean>();
        factors.forEach(source -> layouts.put(source, true));
        for (var claims : List.of(byBias, byScope)) {
            claims.forEach((name, claim) -> claim.filter(use -> isOwn(use.source(), name))
                    .ifPresent(use -> layouts.put(use.source(), use.transposed())));
        }
        return layouts;
    }

    /** Whether a place is the one that the initializer has its own name from, whatever prefix one of them has. */
    private boolean isOwn(String source, String place) {
        if (source.equals(place)) {
            return true;
        }
        var related = source.endsWith("." + place) || place.endsWith("." + source);
        return related
                && !byScope.getOrDefault(source, Optional.empty())
                        .filter(use -> use.source().equals(source))
                        .isPresent();
    }

    /** Names of values, not of parameters: exporters make them up. Parameters lie within modules, and so have a dot. */
    private static boolean isMadeUp(String name) {
        return name.contains("::") || name.startsWith("/") || name.indexOf('.') < 0;
    }
}
