package dev.packhorse.udf.rows;

import java.util.Iterator;
import java.util.function.Function;

/** Applies a function to each element when it is asked for, and not before. Not thread-safe: one task each. */
public record MappedIterator<A, B>(Iterator<A> inner, Function<A, B> function) implements Iterator<B> {

    /** The function's values, in the order of the inner elements. */
    public static <A, B> Iterator<B> of(Iterator<A> inner, Function<A, B> function) {
        return new MappedIterator<>(inner, function);
    }

    @Override
    public boolean hasNext() {
        return inner.hasNext();
    }

    @Override
    public B next() {
        return function.apply(inner.next());
    }
}
