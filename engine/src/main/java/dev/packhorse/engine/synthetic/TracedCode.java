package dev.packhorse.engine.synthetic;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The code of a traced model: what torch.jit.trace (torch 2.13) records of transformers' BertModel or XLMRobertaModel
 * (transformers 5, attention by scaled_dot_product_attention), with inputs input_ids and attention_mask int64 [batch,
 * sequence] and the last hidden states float32 [batch, sequence, hidden] as answer. The same operations in the same order,
 * but in two classes: the model, and its layer.
 *
 * @param parameters of the model, in their order
 */
record TracedCode(Sizes sizes, List<Parameter> parameters) {

    /** The layer's class is {@code __torch__.packhorse.Layer}. */
    static final String LAYER_MODULE = "__torch__.packhorse";

    static final String LAYER = "Layer";

    /** The model's is {@code __torch__.Model}. */
    static final String MODEL_MODULE = "__torch__";

    static final String MODEL = "Model";

    /** Tables of whole numbers [1, positions] that the model keeps. */
    List<String> buffers() {
        return switch (sizes.kind()) {
            case BERT -> List.of("position_ids", "token_type_ids");
            case XLM_ROBERTA -> List.of("token_type_ids");
        };
    }

    /** The parameters that lie in the model itself, or in one of its layers. */
    List<Parameter> parametersIn(String prefix) {
        return parameters.stream()
                .filter(parameter -> parameter.name().startsWith(prefix))
                .toList();
    }

    static String layerPrefix(int layer) {
        return "encoder.layer." + layer + ".";
    }

    static String embeddingsPrefix() {
        return "embeddings.";
    }

    /** The name that the code knows a parameter by. */
    static String attribute(Parameter parameter, String prefix) {
        return parameter.name().substring(prefix.length()).replace('.', '_');
    }

    /** The text of code/__torch__.py. */
    String model() {
        var layers = IntStream.range(0, sizes.layers()).boxed().toList();
        var fields = new ArrayList<String>();
        buffers().forEach(buffer -> fields.add("  %s : Tensor\n".formatted(buffer)));
        layers.forEach(i -> fields.add("  layer_%d : %s.%s\n".formatted(i, LAYER_MODULE, LAYER)));
        return head(MODEL, embeddingsPrefix(), buffers(), fields)
                + """
                  def forward(self: __torch__.Model,
                    input_ids: Tensor,
                    attention_mask: Tensor) -> Tensor:
                """
                + positions()
                + embeddings()
                + mask()
                + layers.stream()
                        .map(i -> "    hidden = (self.layer_%d).forward(hidden, mask, )\n".formatted(i))
                        .collect(Collectors.joining())
                + "    return hidden\n";
    }

    private String head(String name, String prefix, List<String> buffers, List<String> fields) {
        var attributes = parametersIn(prefix).stream()
                .map(parameter -> attribute(parameter, prefix))
                .toList();
        return "class %s(Module):\n  __parameters__ = [%s]\n  __buffers__ = [%s]\n"
                        .formatted(name, quoted(attributes), quoted(buffers))
                + attributes.stream().map("  %s : Tensor\n"::formatted).collect(Collectors.joining())
                + String.join("", fields)
                + "  training : bool\n  _is_full_backward_hook : Optional[bool]\n";
    }

    private static String quoted(List<String> names) {
        return names.stream().map("\"%s\", "::formatted).collect(Collectors.joining());
    }

    private String positions() {
        return switch (sizes.kind()) {
            case BERT -> """
                    positions = torch.slice(torch.slice(self.position_ids, 0, 0, 9223372036854775807), 1, 0, torch.size(input_ids, 1))
                """;
            case XLM_ROBERTA -> """
                    real = torch.to(torch.ne(input_ids, %1$d), 3)
                    counted = torch.mul(torch.type_as(torch.cumsum(real, 1), real), real)
                    positions = torch.add(torch.to(counted, 4), %1$d)
                """.formatted(sizes.kind().padding());
        };
    }

    private String embeddings() {
        return """
                    kept_types = torch.expand(self.token_type_ids, [torch.size(positions, 0), -1])
                    types = torch.expand(torch.gather(kept_types, 1, positions), [torch.size(input_ids, 0), torch.size(input_ids, 1)])
                    words = torch.embedding(self.word_embeddings_weight, input_ids, %d)
                    typed = torch.add(words, torch.embedding(self.token_type_embeddings_weight, types))
                    placed = torch.add(typed, torch.embedding(self.position_embeddings_weight, positions))
                    hidden = torch.dropout(torch.layer_norm(placed, [%d], self.LayerNorm_weight, self.LayerNorm_bias, %s), 0.1, False)
                """.formatted(
                sizes.kind().padding(), sizes.hidden(), number(sizes.kind().epsilon()));
    }

    private static String mask() {
        return """
                    seen = torch.to(attention_mask, torch.device("cpu"), 11)
                    batch = torch.size(hidden, 0)
                    queries = torch.size(hidden, 1)
                    keys = torch.size(seen, 1)
                    rows = torch.arange(batch, dtype=None, layout=None, device=torch.device("cpu"), pin_memory=False)
                    row = torch.unsqueeze(torch.unsqueeze(torch.unsqueeze(rows, 1), 2), 3)
                    places = torch.arange(queries, dtype=None, layout=None, device=torch.device("cpu"), pin_memory=False)
                    query = torch.unsqueeze(torch.unsqueeze(torch.unsqueeze(places, 0), 1), 3)
                    others = torch.arange(keys, dtype=None, layout=None, device=torch.device("cpu"), pin_memory=False)
                    key = torch.unsqueeze(torch.unsqueeze(torch.unsqueeze(others, 0), 1), 2)
                    ones = torch.new_ones(query, annotate(List[int], []), dtype=11, layout=None, device=None, pin_memory=False)
                    within = torch.__and__(ones, torch.to(torch.ge(query, 0), dtype=11, layout=0, device=torch.device("cpu")))
                    picked = torch.index(seen, annotate(List[Optional[Tensor]], [row, key]))
                    both = torch.__and__(within, torch.to(picked, dtype=11, layout=0, device=torch.device("cpu")))
                    mask = torch.expand(both, [batch, -1, queries, keys])
                """;
    }

    /** The text of code/__torch__/packhorse.py. */
    String layer() {
        return head(LAYER, layerPrefix(0), List.of(), List.of())
                + """
                  def forward(self: __torch__.packhorse.Layer,
                    hidden: Tensor,
                    mask: Tensor) -> Tensor:
                    batch = torch.size(hidden, 0)
                    sequence = torch.size(hidden, 1)
                """
                + heads("query")
                + heads("key")
                + heads("value")
                + """
                    context = torch.scaled_dot_product_attention(query, key, value, mask, 0., False, scale=%s)
                    joined = torch.reshape(torch.contiguous(torch.transpose(context, 1, 2)), [batch, sequence, -1])
                """.formatted(number(1 / Math.sqrt(sizes.headWidth())))
                + output("attended", "attention_output", "torch.contiguous(joined)", "hidden")
                + """
                    raised = torch.gelu(torch.linear(attended, self.intermediate_dense_weight, self.intermediate_dense_bias))
                """
                + output("answer", "output", "raised", "attended")
                + "    return answer\n";
    }

    private String heads(String name) {
        return """
                    %1$s_view = torch.view(torch.linear(hidden, self.attention_self_%1$s_weight, self.attention_self_%1$s_bias), [batch, sequence, -1, %2$d])
                    %1$s = torch.transpose(%1$s_view, 1, 2)
                """.formatted(name, sizes.headWidth());
    }

    private String output(String target, String module, String input, String around) {
        return """
                    %1$s_dense = torch.dropout(torch.linear(%3$s, self.%2$s_dense_weight, self.%2$s_dense_bias), 0.1, False)
                    %1$s = torch.layer_norm(torch.add(%1$s_dense, %4$s), [%5$d], self.%2$s_LayerNorm_weight, self.%2$s_LayerNorm_bias, %6$s)
                """.formatted(
                        target,
                        module,
                        input,
                        around,
                        sizes.hidden(),
                        number(sizes.kind().epsilon()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.17e", value);
    }
}
