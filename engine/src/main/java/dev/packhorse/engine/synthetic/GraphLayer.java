package dev.packhorse.engine.synthetic;

import dev.packhorse.engine.onnxgraph.Attribute;
import java.util.List;

/**
 * A layer of an exported graph: transformers' BertLayer, with its eager attention.
 *
 * @param in the layer's own module
 * @param path of that module, in front of its weights' names
 * @param mask name of what is added to scores
 */
record GraphLayer(Operations in, String path, Sizes sizes, String mask) {

    /** @return name of the hidden states behind it, [batch, sequence, hidden] */
    String of(String hidden) {
        var attended = joined("attention.output", attention(in.in("attention.self"), hidden), hidden);
        var raised = in.in("intermediate").linear("dense", path + ".intermediate", attended);
        return joined("output", gelu(in.in("intermediate.intermediate_act_fn"), raised), attended);
    }

    private String attention(Operations self, String hidden) {
        var weights = path + ".attention.self";
        var places = List.of(self.size(hidden, 0), self.size(hidden, 1)); // batch and sequence
        var queries = heads(self, places, self.linear("query", weights, hidden), 0, 2, 1, 3);
        var keys = heads(self, places, self.linear("key", weights, hidden), 0, 2, 3, 1);
        var values = heads(self, places, self.linear("value", weights, hidden), 0, 2, 1, 3);
        var scale = self.scalar(1 / Math.sqrt(sizes.headWidth()));
        var scores = self.both("Add", self.both("Mul", self.both("MatMul", queries, keys), scale), mask);
        var shares = self.graph().node("Softmax", List.of(scores), Attribute.of("axis", -1));
        var context = self.transpose(self.both("MatMul", shares, values), 0, 2, 1, 3);
        return self.reshape(context, self.sizes(places, -1));
    }

    /** [batch, heads, sequence, head width], or with the last two the other way round */
    private String heads(Operations self, List<String> places, String projected, long... permutation) {
        var sizesOfHeads = self.sizes(places, -1, sizes.headWidth());
        return self.transpose(self.reshape(projected, sizesOfHeads), permutation);
    }

    /** What a module's Linear makes of its input, with what went around it, normalised. */
    private String joined(String module, String input, String around) {
        var output = in.in(module);
        var weights = path + "." + module;
        var sum = output.both("Add", output.linear("dense", weights, input), around);
        return output.norm("LayerNorm", weights, sizes.kind().epsilon(), sum);
    }

    private static String gelu(Operations activation, String value) {
        var erf =
                activation.graph().node("Erf", List.of(activation.both("Div", value, activation.scalar(Math.sqrt(2)))));
        var product = activation.both("Mul", value, activation.both("Add", erf, activation.scalar(1.0)));
        return activation.both("Mul", product, activation.scalar(0.5));
    }
}
