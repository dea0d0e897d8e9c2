package dev.packhorse.udf.sql;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.Function1;

/**
 * Tells a session of the functions and operators of this package, for sessions that were made without the extensions.
 * Thread-safe: a session's planner is told under the session's lock.
 */
public final class SparkHooks {

    private SparkHooks() {}

    /** Registers the functions, and tells the planner. May be called again. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // Scala's Seq is another type in each version of Scala
    public static void register(SparkSession spark) {
        var registry = spark.sessionState().functionRegistry();
        for (var function : SqlFunction.values()) {
            registry.registerFunction(function.identifier(), function.info(), (Function1) function.builder());
        }
        plan(spark);
    }

    /**
     * A rule that changes nothing, but tells the planner of the session whose queries it comes to see. For sessions that are
     * made with the extensions: these offer no place among the last rules of the optimizer.
     */
    public static Rule<LogicalPlan> whenAnalysed(SparkSession spark) {
        return new WhenAnalysed(spark);
    }

    private static final class WhenAnalysed extends Rule<LogicalPlan> {

        private final SparkSession spark;

        WhenAnalysed(SparkSession spark) {
            this.spark = spark;
        }

        @Override
        public LogicalPlan apply(LogicalPlan plan) {
            SparkHooks.plan(spark);
            return plan;
        }
    }

    /** Tells the planner; does nothing where it knows already. */
    static void plan(SparkSession spark) {
        synchronized (spark) {
            var experimental = spark.experimental();
            if (Scala.java(experimental.extraStrategies()).stream().noneMatch(EmbedStrategy.class::isInstance)) {
                experimental.extraStrategies_$eq(
                        Scala.<SparkStrategy>with(experimental.extraStrategies(), new EmbedStrategy()));
            }
            if (Scala.java(experimental.extraOptimizations()).stream().noneMatch(ExtractEmbeddings.class::isInstance)) {
                experimental.extraOptimizations_$eq(
                        Scala.<Rule<LogicalPlan>>with(experimental.extraOptimizations(), new ExtractEmbeddings()));
            }
        }
    }
}
