package dev.packhorse.udf.metrics;

import java.io.Serializable;

/**
 * What an executor says of itself.
 *
 * @param encoder what its encoder is
 * @param modelLoads how often it loaded the model since it started
 * @param peakHeapBytes the most Java heap it used
 * @param peakResidentBytes the most physical memory it used, native memory included; 0 where the system does not tell
 */
public record ExecutorReport(String encoder, int modelLoads, long peakHeapBytes, long peakResidentBytes)
        implements Serializable {

    /** What is to say of this process now. */
    public static ExecutorReport now(String encoder, int modelLoads) {
        return new ExecutorReport(
                encoder, modelLoads, ProcessMemory.peakHeapBytes(), ProcessMemory.peakResidentBytes());
    }

    /** The later of two reports of one executor: all its numbers only grow. */
    ExecutorReport max(ExecutorReport other) {
        return new ExecutorReport(
                encoder,
                Math.max(modelLoads, other.modelLoads),
                Math.max(peakHeapBytes, other.peakHeapBytes),
                Math.max(peakResidentBytes, other.peakResidentBytes));
    }
}
