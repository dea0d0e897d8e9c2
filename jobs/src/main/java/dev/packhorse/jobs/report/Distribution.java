package dev.packhorse.jobs.report;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * How some numbers lie: of no numbers all are 0.
 *
 * @param p90 the least number that nine tenths do not exceed
 */
public record Distribution(long count, long least, long median, long p90, long greatest) {

    /** Of numbers in any order; of an even number of them the median is the upper one of the middle two. */
    public static Distribution of(LongStream numbers) {
        var sorted = numbers.toArray();
        if (sorted.length == 0) {
            return new Distribution(0, 0, 0, 0, 0);
        }
        Arrays.sort(sorted);
        var p90 = (int) Math.ceil(0.9 * sorted.length) - 1;
        return new Distribution(
                sorted.length, sorted[0], sorted[sorted.length / 2], sorted[p90], sorted[sorted.length - 1]);
    }

    /** The greatest over the median; 1 is perfect balance, and of no numbers too. */
    public double imbalance() {
        return median == 0 ? 1 : (double) greatest / median;
    }

    /** For a manifest. */
    Map<String, Object> entries() {
        var entries = new LinkedHashMap<String, Object>();
        entries.put("min", least);
        entries.put("median", median);
        entries.put("p90", p90);
        entries.put("max", greatest);
        return entries;
    }
}
