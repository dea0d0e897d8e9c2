package dev.packhorse.udf.sql;

import dev.packhorse.engine.Engine;
import dev.packhorse.engine.model.Model;
import dev.packhorse.udf.files.DriverFile;
import dev.packhorse.udf.files.SparkModels;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.EncodeOptions.LongText;
import dev.packhorse.udf.options.Nearest;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.resident.GpuProbe;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.EngineChoice;
import dev.packhorse.udf.rows.LongTexts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the options of a call in a query to what its tasks must know. Has no state; runs on the driver. Thread-safe. */
public final class QuerySettings {

    private static final Logger LOG = LoggerFactory.getLogger(QuerySettings.class);

    private static final String NO_IDS = "";

    private static final String ANY_TEXT = "text";

    private QuerySettings() {}

    /**
     * Finds the model and checks all options against it and each other.
     *
     * @param given by name, {@code max-batch-tokens} or {@code maxBatchTokens}; {@code spark.packhorse.*} of the session
     *     stands in for what is missing
     * @throws RuntimeException (OptionException, ModelException or TokenizerException) naming what does not fit
     */
    public static EmbedSettings of(SparkSession spark, Map<String, String> given) {
        var options = options(spark, given);
        var model = SparkModels.find(options, spark.sparkContext().getConf());
        var longTexts = LongTexts.of(options, model);
        if (longTexts.chunkRows()) {
            throw new OptionException(
                    "long-text chunk: expected chunk-output mean, for a call has one answer for each row, found chunk-output rows");
        }
        var engine = EngineChoice.of(options, model, GpuProbe.of(spark.sparkContext()))
                .settings(DriverFile.offer(spark.sparkContext(), model));
        return EmbedSettings.of(options, engine, NO_IDS, ANY_TEXT, longTexts);
    }

    /**
     * The model alone, as executors find it.
     *
     * @throws RuntimeException (OptionException, ModelException or TokenizerException) naming what does not fit
     */
    public static Model model(SparkSession spark, Map<String, String> given) {
        var model = SparkModels.find(options(spark, given), spark.sparkContext().getConf());
        Engine.checkTokenizer(model);
        return DriverFile.offer(spark.sparkContext(), model);
    }

    /**
     * The options of a call, and those of the session in place of what is missing.
     *
     * @throws OptionException when one is unknown (naming the nearest), cannot be read, or is given twice
     */
    public static OptionValues options(SparkSession spark, Map<String, String> given) {
        var named = new HashMap<String, List<String>>();
        given.forEach((name, text) -> {
            var option = option(name);
            if (named.put(option.name(), List.of(text)) != null) {
                throw new OptionException("%s: expected once, found twice".formatted(option.name()));
            }
        });
        var session = ofSession(spark);
        var longText = named.get(EncodeOptions.LONG_TEXT.name());
        if (longText != null && !longText.equals(List.of(LongText.CHUNK.id()))) {
            // those of the session belong to chunks; a call that wants none would be refused for them
            LongTexts.OF_CHUNKS.forEach(option -> session.remove(option.confKey()));
        }
        return OptionValues.read(EncodeOptions.ALL, session, named);
    }

    private static Option<?> option(String name) {
        return EncodeOptions.ALL.stream()
                .filter(option ->
                        option.name().equals(name) || option.camelCase().equals(name))
                .findFirst()
                .orElseThrow(() -> new OptionException("unknown option %s; the nearest is %s"
                        .formatted(
                                name,
                                Nearest.to(
                                        name,
                                        EncodeOptions.ALL.stream()
                                                .map(Option::name)
                                                .toList()))));
    }

    /** A session may also hold options of whole jobs, which a call does not know; so what is unknown is only told. */
    private static Map<String, String> ofSession(SparkSession spark) {
        var known = new HashMap<String, String>();
        var all = spark.conf().getAll();
        var keys = EncodeOptions.ALL.stream().map(Option::confKey).toList();
        all.foreach(entry -> {
            if (keys.contains(entry._1())) {
                known.put(entry._1(), entry._2());
            } else if (entry._1().startsWith(Option.CONF_PREFIX)) {
                LOG.warn("{} is no option of a query; the nearest is {}", entry._1(), Nearest.to(entry._1(), keys));
            }
            return scala.runtime.BoxedUnit.UNIT;
        });
        return known;
    }
}
