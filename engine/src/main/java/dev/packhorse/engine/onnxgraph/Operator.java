package dev.packhorse.engine.onnxgraph;

/**
 * An operator.
 *
 * @param domain whose it is; empty for ONNX's own
 * @param type its name there
 */
public record Operator(String domain, String type) {

    /** One of ONNX's own. */
    public static Operator standard(String type) {
        return new Operator("", type);
    }

    /** One that ONNX Runtime has beside ONNX's own. */
    public static Operator contributed(String type) {
        return new Operator("com.microsoft", type);
    }
}
