package dev.packhorse.udf.sql;

import java.util.Arrays;
import scala.Product;

/** What Scala's compiler gives its case classes, and Spark asks of all that stands in a plan. */
interface CaseClass extends Product {

    /** The constructor's arguments, in its order: Spark makes copies by them, and two are equal by them. */
    Object[] elements();

    @Override
    default int productArity() {
        return elements().length;
    }

    @Override
    default Object productElement(int n) {
        return elements()[n];
    }

    @Override
    default boolean canEqual(Object other) {
        return other != null && other.getClass() == getClass();
    }

    /** For {@code equals}, which an interface cannot have. */
    default boolean isEqualTo(Object other) {
        return this == other || (canEqual(other) && Arrays.equals(elements(), ((CaseClass) other).elements()));
    }
}
