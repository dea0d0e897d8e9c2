package dev.packhorse.jobs.estimate;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.model.Model;
import dev.packhorse.jobs.embed.TaskSlots;
import dev.packhorse.jobs.options.PlanOptions;
import dev.packhorse.jobs.source.Source;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.LongTexts;
import dev.packhorse.udf.rows.TextColumns;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a corpus will cost.
 *
 * @param calibration empty where the sample has no text to encode
 */
public record Estimate(TextSample sample, Optional<Calibration> calibration) {

    /** Samples a source and measures; some seconds. */
    public static Estimate of(
            SparkSession spark,
            Source source,
            OptionValues options,
            Model model,
            LongTexts longTexts,
            EngineSettings engine) {
        return of(spark, source.rows(), source.columns().text(), options, model, longTexts, engine);
    }

    /** The same for rows with a column of texts. */
    public static Estimate of(
            SparkSession spark,
            Dataset<Row> rows,
            String text,
            OptionValues options,
            Model model,
            LongTexts longTexts,
            EngineSettings engine) {
        var sample =
                TextSample.of(rows, TextColumns.quoted(text), options.get(PlanOptions.SAMPLE_ROWS), model, longTexts);
        var encoded = sample.encoded();
        var calibration = encoded.isEmpty()
                ? Optional.<Calibration>empty()
                : Optional.of(Calibration.run(spark, encoded, options, engine, longTexts, TaskSlots.now(spark)));
        return new Estimate(sample, calibration);
    }

    /** Tokens of all texts. */
    double tokens() {
        return sample.tokens();
    }

    /** Seconds that one core or GPU would encode. */
    double encoderSeconds() {
        return calibration.map(found -> tokens() / found.tokensPerSecond()).orElse(0.0);
    }

    /** Seconds of a job on so many slots. */
    double jobSeconds(int slots) {
        return calibration
                .map(found -> found.startSeconds() + tokens() * found.taskSecondsPerToken() / slots)
                .orElse(0.0);
    }

    /** The least slots with which a job takes no longer than that; nothing where its start alone does. */
    Optional<Integer> slotsWithin(Duration wished) {
        if (calibration.isEmpty()) {
            return Optional.of(1);
        }
        var left = wished.toMillis() / 1e3 - calibration.get().startSeconds();
        return left <= 0
                ? Optional.empty()
                : Optional.of(
                        (int) Math.max(1, Math.ceil(tokens() * calibration.get().taskSecondsPerToken() / left)));
    }

    /** What it comes to, in one line. */
    public String line() {
        return calibration
                .map(found -> String.format(
                        Locale.ROOT,
                        "about %,.0f tokens, %s on the %d slots of this session (%,.0f tokens/s each, measured now on a sample of %,d texts)",
                        tokens(),
                        time(jobSeconds(found.slots())),
                        found.slots(),
                        found.tokensPerSecond(),
                        sample.texts().size()))
                .orElse("no text to encode");
    }

    /** Seconds for people: 3:07, or 2:03:07 from an hour on. */
    static String time(double seconds) {
        var whole = Math.round(seconds);
        return whole < 3600
                ? "%d:%02d".formatted(whole / 60, whole % 60)
                : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
    }
}
