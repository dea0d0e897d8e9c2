package dev.packhorse.engine.measure;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/**
 * What all calls of an operator took.
 *
 * @param operator its name
 * @param selfMicros microseconds in it and in nothing that it called
 * @param share of the self time of all operators, 0 to 1
 * @param calls how many
 */
public record OperatorCost(String operator, double selfMicros, double share, long calls) {

    /** Microseconds of one call, without what it called. */
    public double meanMicros() {
        return selfMicros / calls;
    }

    /** What adds up for an operator. */
    private static final class Sum {
        private double micros;
        private long calls;
    }

    /** A span that is not over yet, and the time of those in it. */
    private static final class Open {
        private final Span span;
        private double within;

        private Open(Span span) {
            this.span = span;
        }
    }

    /**
     * Adds spans up by operator, the dearest first.
     *
     * @param spans of any threads, in any order
     */
    public static List<OperatorCost> of(List<Span> spans) {
        var sorted = new ArrayList<>(spans);
        // of those that begin together, the longest holds the others
        sorted.sort(Comparator.comparingLong(Span::thread)
                .thenComparingDouble(Span::startMicros)
                .thenComparing(Comparator.comparingDouble(Span::micros).reversed()));
        var sums = new HashMap<String, Sum>();
        var open = new ArrayDeque<Open>();
        for (var span : sorted) {
            while (!open.isEmpty() && !holds(open.peek().span, span)) {
                close(open.pop(), sums);
            }
            if (!open.isEmpty()) {
                open.peek().within += span.micros();
            }
            open.push(new Open(span));
        }
        open.forEach(left -> close(left, sums));
        var all = sums.values().stream().mapToDouble(sum -> sum.micros).sum();
        return sums.entrySet().stream()
                .map(entry -> new OperatorCost(
                        entry.getKey(),
                        entry.getValue().micros,
                        all == 0 ? 0 : entry.getValue().micros / all,
                        entry.getValue().calls))
                .sorted(Comparator.comparingDouble(OperatorCost::selfMicros)
                        .reversed()
                        .thenComparing(OperatorCost::operator))
                .toList();
    }

    /** By the middle of the inner one: rounded, a span may begin a little before the one ends that it follows. */
    private static boolean holds(Span outer, Span inner) {
        return outer.thread() == inner.thread() && inner.startMicros() + inner.micros() / 2 < outer.endMicros();
    }

    private static void close(Open done, HashMap<String, Sum> sums) {
        var sum = sums.computeIfAbsent(done.span.operator(), unused -> new Sum());
        sum.micros += Math.max(0, done.span.micros() - done.within); // clocks that round may tell of less than nothing
        sum.calls++;
    }
}
