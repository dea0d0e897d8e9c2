package dev.packhorse.udf;

import dev.packhorse.udf.sql.SparkHooks;
import dev.packhorse.udf.sql.SqlFunction;
import org.apache.spark.sql.SparkSessionExtensions;
import scala.Tuple3;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Packhorse's SQL functions and the operator behind {@code embed}, for every session of an application:
 * {@code spark.sql.extensions=dev.packhorse.udf.PackhorseExtensions}. Where that cannot be set, see {@link
 * PackhorseFunctions}. Thread-safe: it has no state.
 */
public final class PackhorseExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

    @Override
    @SuppressWarnings("unchecked") // of described()
    public BoxedUnit apply(SparkSessionExtensions extensions) {
        for (var function : SqlFunction.values()) {
            extensions.injectFunction(described(function));
        }
        extensions.injectPostHocResolutionRule(SparkHooks::whenAnalysed);
        return BoxedUnit.UNIT;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // Scala's Seq is another type in each version of Scala
    private static Tuple3 described(SqlFunction function) {
        return new Tuple3(function.identifier(), function.info(), function.builder());
    }
}
