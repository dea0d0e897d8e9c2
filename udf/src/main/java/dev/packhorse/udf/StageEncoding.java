package dev.packhorse.udf;

import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.StageOptions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/**
 * What a stage's options come to in a session.
 *
 * @param options all that decides its vectors and how they are made, by the options' names: those of the session included,
 *     and the precision that {@code auto} means here
 * @param fingerprint of its vectors
 * @param dimension D, the length of its vectors
 */
record StageEncoding(Map<String, String> options, String fingerprint, int dimension) {

    /**
     * Finds the model.
     *
     * @param given options by their names
     * @param expected the fingerprint that the vectors must have
     * @throws RuntimeException (OptionException, ModelException or TokenizerException) saying what does not fit
     */
    static StageEncoding of(SparkSession spark, Map<String, String> given, Optional<String> expected) {
        var engine = QuerySettings.of(spark, given).engine();
        var options = new TreeMap<>(QuerySettings.options(spark, given).asText());
        options.put(EncodeOptions.PRECISION.name(), engine.precision().id());
        var found = engine.fingerprint();
        if (expected.isPresent() && !expected.get().equals(found)) {
            throw new OptionException(
                    "%s: expected %s, found %s, which is that of %s in %s; its files or the options are not those that it was"
                                    .formatted(
                                            StageOptions.FINGERPRINT.camelCase(),
                                            expected.get(),
                                            found,
                                            engine.model().name(),
                                            engine.precision().id())
                            + " computed for");
        }
        return new StageEncoding(options, found, engine.model().dimension());
    }
}
