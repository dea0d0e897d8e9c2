package dev.packhorse.engine.weights;

import java.io.IOException;

/**
 * Which module of the model's code a node comes from. Both of torch's exporters write that down, each in its own way:
 * torch/onnx/_internal/exporter/_core.py as metadata, the older torch/onnx/utils.py in the node's name.
 */
final class OnnxScope {

    private static final String NAME_SCOPES = "pkg.torch.onnx.name_scopes";
    private static final String BETWEEN = "', '";

    private OnnxScope() {}

    /** Of a node named {@code /encoder/layer.0/output/dense/MatMul}; empty where the name is another. */
    static String ofName(String node) {
        var last = node.lastIndexOf('/');
        return node.startsWith("/") && last > 0 ? node.substring(1, last).replace('/', '.') : "";
    }

    /**
     * Of a node with {@code ['', 'encoder', 'encoder.layer.0', 'linear_2']} among its metadata: a list as Python prints
     * it, from the whole model to the operator.
     *
     * @param entry one of the metadata; empty where it is another
     */
    static String ofMetadata(ProtobufReader entry) throws IOException {
        var key = "";
        var value = "";
        while (entry.next()) {
            switch (entry.field()) {
                case 1 -> key = entry.text();
                case 2 -> {
                    // the trace of the code, another of the metadata, is long: read only what is asked for
                    if (key.equals(NAME_SCOPES)) {
                        value = entry.text();
                    }
                }
                default -> {}
            }
        }
        var operator = value.lastIndexOf(BETWEEN);
        var module = value.lastIndexOf(BETWEEN, operator - 1);
        return operator > 0 && module >= 0 ? value.substring(module + BETWEEN.length(), operator) : "";
    }
}
