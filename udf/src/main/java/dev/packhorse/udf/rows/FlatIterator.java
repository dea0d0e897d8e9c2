package dev.packhorse.udf.rows;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** Makes several elements of each one when they are asked for, and not before. */
final class FlatIterator<A, B> implements Iterator<B> {

    private final Iterator<A> inner;
    private final Function<A, List<B>> function;
    private Iterator<B> made = List.<B>of().iterator();

    private FlatIterator(Iterator<A> inner, Function<A, List<B>> function) {
        this.inner = inner;
        this.function = function;
    }

    static <A, B> Iterator<B> of(Iterator<A> inner, Function<A, List<B>> function) {
        return new FlatIterator<>(inner, function);
    }

    @Override
    public boolean hasNext() {
        while (!made.hasNext() && inner.hasNext()) {
            made = function.apply(inner.next()).iterator();
        }
        return made.hasNext();
    }

    @Override
    public B next() {
        if (!hasNext()) {
            throw new NoSuchElementException("nothing is left");
        }
        return made.next();
    }
}
