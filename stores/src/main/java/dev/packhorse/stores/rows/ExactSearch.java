package dev.packhorse.stores.rows;

import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.VectorSearch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Finds neighbours by looking at all vectors, for stores that are no more than files. Vectors are read once and kept where they
 * are few, and read again for each question where they are not. Not thread-safe.
 */
public final class ExactSearch implements VectorSearch {

    /** Of vectors, 64 MiB: a driver has 1 GiB by default. */
    private static final long MOST_KEPT_BYTES = 64L << 20;

    /** Of an id and what Java needs around it and its vector. */
    private static final int BYTES_BESIDE_A_VECTOR = 160;

    /** All vectors of a store. */
    @FunctionalInterface
    public interface Vectors {

        /**
         * Reads them all; may be asked again, and finds them in the same order.
         *
         * @throws dev.packhorse.stores.contract.StoreException when they cannot be read
         */
        void forEach(Seen seen);
    }

    /** Who is told of each vector. */
    @FunctionalInterface
    public interface Seen {

        /** @param vector [d], new for each row */
        void row(String id, float[] vector);
    }

    private record Row(String id, float[] vector) {}

    private record Found(String id, double nearness, long order) {}

    /** The worst first; of two that are as near, the one that came later is worse. */
    private static final Comparator<Found> WORST_FIRST = Comparator.comparingDouble(Found::nearness)
            .thenComparing(Comparator.comparingLong(Found::order).reversed());

    private final Metric metric;
    private final Vectors vectors;
    private final long mostKeptBytes;
    private final List<Row> kept = new ArrayList<>();
    private boolean keepsAll;
    private long rows = -1;

    /** @param vectors as they are in the store */
    public ExactSearch(Metric metric, Vectors vectors) {
        this(metric, vectors, MOST_KEPT_BYTES);
    }

    ExactSearch(Metric metric, Vectors vectors, long mostKeptBytes) {
        this.metric = metric;
        this.vectors = vectors;
        this.mostKeptBytes = mostKeptBytes;
    }

    private void readOnce() {
        if (rows >= 0) {
            return;
        }
        var counts = new long[2]; // rows, their bytes
        vectors.forEach((id, vector) -> {
            counts[0]++;
            counts[1] += BYTES_BESIDE_A_VECTOR + (long) vector.length * Float.BYTES;
            if (counts[1] <= mostKeptBytes) {
                kept.add(new Row(id, vector));
            } else {
                kept.clear();
            }
        });
        keepsAll = kept.size() == counts[0];
        rows = counts[0];
    }

    @Override
    public List<String> nearest(float[] vector, int k) {
        readOnce();
        var best = new PriorityQueue<Found>(k + 1, WORST_FIRST);
        var order = new long[1];
        Seen seen = (id, other) -> {
            best.add(new Found(id, metric.nearness(vector, other), order[0]++));
            if (best.size() > k) {
                best.poll();
            }
        };
        if (keepsAll) {
            kept.forEach(row -> seen.row(row.id(), row.vector()));
        } else {
            vectors.forEach(seen);
        }
        var ids = new ArrayList<String>(best.size());
        while (!best.isEmpty()) {
            ids.add(best.poll().id());
        }
        Collections.reverse(ids);
        return ids;
    }

    @Override
    public long rows() {
        readOnce();
        return rows;
    }

    @Override
    public void close() {
        kept.clear();
        keepsAll = false;
    }
}
