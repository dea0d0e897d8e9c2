package dev.packhorse.engine.contract;

/**
 * What an encoder is, for logs, summaries and manifests.
 *
 * @param name the implementation, such as {@code onnxruntime-padded}
 * @param device where it computes
 * @param precision in what numbers
 * @param kernel what multiplies its matrices, such as {@code brg_matmul:avx2}
 * @param dimension D, the length of a vector
 * @param padded whether a batch costs its longest row times its rows (true) or its tokens (false)
 * @param reason one sentence: why this encoder was chosen
 */
public record EncoderInfo(
        String name, Device device, Precision precision, String kernel, int dimension, boolean padded, String reason) {

    /** The same, with one more reason. */
    public EncoderInfo because(String more) {
        return new EncoderInfo(name, device, precision, kernel, dimension, padded, reason + "; " + more);
    }

    @Override
    public String toString() {
        return "%s on %s, %s, %s (%s)".formatted(name, device.id(), precision.id(), kernel, reason);
    }
}
