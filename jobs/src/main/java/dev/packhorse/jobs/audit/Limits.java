package dev.packhorse.jobs.audit;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.udf.options.OptionValues;

/**
 * What vectors may be like.
 *
 * @param sample texts that are embedded again
 * @param minCosine to the reference, of each of them
 * @param normTolerance how far from 1 a length may be, where vectors are normalized
 * @param maxRemoved share of the rows that were there
 * @param maxErrors share of all rows, those left out that had one before
 * @param minMedian cosine between old and new vectors of changed texts
 * @param minP05 the same, of the fifth percentile
 */
public record Limits(
        int sample,
        double minCosine,
        double normTolerance,
        double maxRemoved,
        double maxErrors,
        double minMedian,
        double minP05) {

    /** What the options say, for vectors of a precision. */
    public static Limits of(OptionValues options, Precision precision) {
        return new Limits(
                options.get(ReindexOptions.AUDIT_SAMPLE),
                options.find(ReindexOptions.AUDIT_MIN_COSINE).orElse(leastCosine(precision)),
                options.get(ReindexOptions.AUDIT_NORM_TOLERANCE),
                options.get(ReindexOptions.AUDIT_MAX_REMOVED),
                options.get(ReindexOptions.AUDIT_MAX_ERRORS),
                options.get(ReindexOptions.DRIFT_MIN_MEDIAN),
                options.get(ReindexOptions.DRIFT_MIN_P05));
    }

    /** Some way below the worst that was measured: docs/PERFORMANCE.md, "How near the vectors are". */
    private static double leastCosine(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> 0.9999;
            case FLOAT16 -> 0.9998;
            case BFLOAT16 -> 0.999;
            case INT8 -> 0.98;
        };
    }
}
