package dev.packhorse.udf.rows;

import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import java.util.Iterator;

/** Counts the time that is spent inside another iterator. */
final class TimedIterator<T> implements Iterator<T> {

    private final Iterator<T> inner;
    private final Counts counts;
    private final Count nanos;

    TimedIterator(Iterator<T> inner, Counts counts, Count nanos) {
        this.inner = inner;
        this.counts = counts;
        this.nanos = nanos;
    }

    @Override
    public boolean hasNext() {
        var start = System.nanoTime();
        try {
            return inner.hasNext();
        } finally {
            counts.add(nanos, System.nanoTime() - start);
        }
    }

    @Override
    public T next() {
        var start = System.nanoTime();
        try {
            return inner.next();
        } finally {
            counts.add(nanos, System.nanoTime() - start);
        }
    }
}
