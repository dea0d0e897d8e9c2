package dev.packhorse.udf.metrics;

import java.io.Serializable;
import java.util.HashSet;
import java.util.Set;

/**
 * What an executor says of itself.
 *
 * @param encoders what its encoders are: one, or one for each GPU
 * @param modelLoads how often it loaded the model since it started
 * @param peakHeapBytes the most Java heap it used
 * @param peakResidentBytes the most physical memory it used, native memory included; 0 where the system does not tell
 */
public record ExecutorReport(Set<String> encoders, int modelLoads, long peakHeapBytes, long peakResidentBytes)
        implements Serializable {

    public ExecutorReport {
        encoders = Set.copyOf(encoders);
    }

    /** Of an executor with one encoder. */
    public ExecutorReport(String encoder, int modelLoads, long peakHeapBytes, long peakResidentBytes) {
        this(Set.of(encoder), modelLoads, peakHeapBytes, peakResidentBytes);
    }

    /** What is to say of this process now. */
    public static ExecutorReport now(String encoder, int modelLoads) {
        return new ExecutorReport(
                encoder, modelLoads, ProcessMemory.peakHeapBytes(), ProcessMemory.peakResidentBytes());
    }

    /** What two reports of one executor say together: all its numbers only grow. */
    ExecutorReport max(ExecutorReport other) {
        var all = new HashSet<>(encoders);
        all.addAll(other.encoders);
        return new ExecutorReport(
                all,
                Math.max(modelLoads, other.modelLoads),
                Math.max(peakHeapBytes, other.peakHeapBytes),
                Math.max(peakResidentBytes, other.peakResidentBytes));
    }
}
