package dev.packhorse.udf;

import dev.packhorse.engine.model.Sha256;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.StageOptions;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.sql.QuerySettings;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/**
 * What a stage's options come to in a session.
 *
 * @param options all that decides its vectors and how they are made, by the options' names: those of the session included,
 *     the precision that {@code auto} means here, and what becomes of long and of empty texts, also where that is the default
 * @param fingerprint of its vectors: the model's; where long texts are not cut at their end, one of the model's and of what
 *     becomes of them
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
        var settings = QuerySettings.of(spark, given);
        var engine = settings.engine();
        var options = new TreeMap<>(QuerySettings.options(spark, given).asText());
        options.put(EncodeOptions.PRECISION.name(), engine.precision().id());
        options.put(EncodeOptions.EMPTY_TEXT.name(), settings.emptyText().id());
        options.put(
                EncodeOptions.LONG_TEXT.name(), settings.longTexts().choice().id());
        options.putAll(settings.longTexts().entries());
        var found = fingerprint(settings);
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

    private static String fingerprint(EmbedSettings settings) {
        var model = settings.engine().fingerprint();
        var longTexts = settings.longTexts().entries();
        return longTexts.isEmpty() ? model : Sha256.hex(model + " " + new TreeMap<>(longTexts));
    }
}
