package dev.packhorse.udf.metrics;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a task says beyond its {@link Counts}, for a run's report page: when it began, how long its texts are, and what they would
 * have cost with padding. Some bytes for each different length. Thread-safe: a task adds while Spark's heartbeat reads.
 */
public final class TaskProfile implements Serializable {

    /** Rows of a batch in arrival order, as encoders that do not sort are given them. */
    public static final int ARRIVAL_BATCH = 32;

    private static final int AT_FIRST = 16;

    private final long begunMillis = System.currentTimeMillis();

    /** [used of them] a length and whether something was cut off: 2 * length + 1 or 2 * length, rising */
    private int[] keys = new int[AT_FIRST];

    /** [used of them] how many texts are of the key at the same place */
    private long[] texts = new long[AT_FIRST];

    private int used;

    // the batch in arrival order that fills up now
    private int waiting;
    private int longest;

    private long arrivalPaddedTokens;
    private long sortedPaddedTokens;

    /** When the task began, in milliseconds since 1970 by its executor's clock. */
    public long begunMillis() {
        return begunMillis;
    }

    /**
     * Adds a text, or a chunk of one, in the order in which they come.
     *
     * @param length tokens that the encoder gets of it, special ones included
     * @param truncated whether it had more
     */
    public synchronized void arrived(int length, boolean truncated) {
        add(2 * length + (truncated ? 1 : 0), 1);
        var before = (long) waiting * longest;
        waiting++;
        longest = Math.max(longest, length);
        arrivalPaddedTokens += (long) waiting * longest - before;
        if (waiting == ARRIVAL_BATCH) {
            waiting = 0;
            longest = 0;
        }
    }

    private void add(int key, long more) {
        var place = Arrays.binarySearch(keys, 0, used, key);
        if (place >= 0) {
            texts[place] += more;
            return;
        }
        place = -place - 1;
        if (used == keys.length) {
            var room = Math.max(AT_FIRST, 2 * used);
            keys = Arrays.copyOf(keys, room);
            texts = Arrays.copyOf(texts, room);
        }
        System.arraycopy(keys, place, keys, place + 1, used - place);
        System.arraycopy(texts, place, texts, place + 1, used - place);
        keys[place] = key;
        texts[place] = more;
        used++;
    }

    /** Adds what a window of texts would compute, were it sorted and padded. */
    public synchronized void sorted(long paddedTokens) {
        sortedPaddedTokens += paddedTokens;
    }

    /** How many texts there are of each length, those apart of which something was cut off. */
    public synchronized Lengths lengths() {
        var whole = new TreeMap<Integer, Long>();
        var truncated = new TreeMap<Integer, Long>();
        for (var i = 0; i < used; i++) {
            (keys[i] % 2 == 0 ? whole : truncated).put(keys[i] / 2, texts[i]);
        }
        return new Lengths(whole, truncated);
    }

    /** Tokens that would be computed, were all texts encoded in batches of {@value #ARRIVAL_BATCH} in the order in which they came. */
    public synchronized long arrivalPaddedTokens() {
        return arrivalPaddedTokens;
    }

    /** Tokens that would be computed, were each different text encoded in sorted batches that are padded. */
    public synchronized long sortedPaddedTokens() {
        return sortedPaddedTokens;
    }

    private synchronized void writeObject(ObjectOutputStream out) throws IOException {
        keys = Arrays.copyOf(keys, used); // what waits at the driver is no larger than it must be
        texts = Arrays.copyOf(texts, used);
        out.defaultWriteObject();
    }

    /**
     * Numbers of texts by their tokens, rising. Immutable.
     *
     * @param whole of which the encoder got all
     * @param truncated of which it did not
     */
    public record Lengths(Map<Integer, Long> whole, Map<Integer, Long> truncated) {

        /** Of no texts. */
        public static final Lengths NONE = new Lengths(Map.of(), Map.of());

        public Lengths {
            whole = new TreeMap<>(whole);
            truncated = new TreeMap<>(truncated);
        }

        /** These and others. */
        public Lengths plus(Lengths other) {
            var sum = new Lengths(whole, truncated);
            other.whole.forEach((length, more) -> sum.whole.merge(length, more, Long::sum));
            other.truncated.forEach((length, more) -> sum.truncated.merge(length, more, Long::sum));
            return sum;
        }
    }
}
