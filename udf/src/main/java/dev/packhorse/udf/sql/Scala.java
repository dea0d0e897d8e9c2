package dev.packhorse.udf.sql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import scala.Function1;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/** The little of Scala that Spark's plans ask for, in a form that both of its versions here take. */
final class Scala {

    private Scala() {}

    static <T> scala.collection.immutable.List<T> none() {
        return list(List.of());
    }

    static <T> scala.collection.immutable.List<T> one(T element) {
        return list(List.of(element));
    }

    /** An immutable list, which is a Seq to Scala 2.12 and to 2.13. */
    static <T> scala.collection.immutable.List<T> list(Collection<T> elements) {
        return JavaConverters.collectionAsScalaIterableConverter(elements)
                .asScala()
                .toList();
    }

    /** The elements and one more. */
    static <T> scala.collection.immutable.List<T> with(scala.collection.Iterable<T> elements, T last) {
        var all = java(elements);
        all.add(last);
        return list(all);
    }

    static <T> List<T> java(scala.collection.Iterable<T> elements) {
        var list = new ArrayList<T>();
        var iterator = elements.iterator();
        while (iterator.hasNext()) {
            list.add(iterator.next());
        }
        return list;
    }

    static <A, B> Function1<A, B> function(java.util.function.Function<A, B> function) {
        return new AbstractFunction1<>() {
            @Override
            public B apply(A argument) {
                return function.apply(argument);
            }
        };
    }
}
