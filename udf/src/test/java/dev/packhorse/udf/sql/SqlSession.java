package dev.packhorse.udf.sql;

import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.PackhorseExtensions;
import dev.packhorse.udf.PackhorseFunctions;
import org.apache.spark.sql.SparkSession;

/** The ways in which a session comes to know the functions. */
enum SqlSession {
    EXTENSIONS {
        @Override
        SparkSession open() {
            return WITH_EXTENSIONS.newSession();
        }
    },
    REGISTERED {
        @Override
        SparkSession open() {
            var spark = LocalSpark.session().newSession();
            PackhorseFunctions.register(spark);
            PackhorseFunctions.register(spark); // may be called again
            return spark;
        }
    };

    private static final SparkSession WITH_EXTENSIONS = withExtensions();

    /** A new session, in which no test has set anything. */
    abstract SparkSession open();

    /** Another session of the one Spark, which is its default one again afterwards. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // Scala's Unit has another type in Java
    private static SparkSession withExtensions() {
        var usual = LocalSpark.session();
        var active = SparkSession.getActiveSession();
        SparkSession.clearActiveSession();
        SparkSession.clearDefaultSession();
        try {
            return SparkSession.builder()
                    .withExtensions((scala.Function1) new PackhorseExtensions())
                    .getOrCreate();
        } finally {
            SparkSession.setDefaultSession(usual);
            if (active.isDefined()) {
                SparkSession.setActiveSession(active.get());
            } else {
                SparkSession.clearActiveSession();
            }
        }
    }
}
