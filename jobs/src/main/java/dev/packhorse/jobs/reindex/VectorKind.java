package dev.packhorse.jobs.reindex;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.jobs.targets.Marks;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.LongTexts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;

/**
 * What decides which vector a text gets: the model's fingerprint, and what becomes of long and empty texts. Vectors of one kind
 * may stand beside each other in a target.
 *
 * @param precision that vectors are computed in
 */
record VectorKind(Model model, Precision precision, LongTexts longTexts, OptionValues options) {

    String fingerprint() {
        return model.fingerprint(precision);
    }

    /** Beyond the fingerprint. */
    String settings() {
        var settings = new LinkedHashMap<>(longTexts.entries());
        settings.put(
                EncodeOptions.EMPTY_TEXT.name(),
                options.get(EncodeOptions.EMPTY_TEXT).id());
        return settings.toString();
    }

    /** Says what a target's vectors are. */
    Map<String, String> marks() {
        var marks = new LinkedHashMap<String, String>();
        marks.put(Marks.FINGERPRINT, fingerprint());
        marks.put(Marks.SETTINGS, settings());
        marks.put(Marks.MODEL, "%s %s %s".formatted(model.name(), model.revision(), precision.id()));
        return marks;
    }

    /** In what a target's vectors are of another kind, for people; nothing where they are of this one. */
    Optional<String> difference(Map<String, String> marks) {
        if (!marks.containsKey(Marks.FINGERPRINT)) {
            return Optional.of("the target does not say of which model its vectors are");
        }
        if (!marks.get(Marks.FINGERPRINT).equals(fingerprint())) {
            return Optional.of("the model's fingerprint was %s (%s) and is %s (%s)"
                    .formatted(
                            marks.get(Marks.FINGERPRINT),
                            marks.getOrDefault(Marks.MODEL, "unknown"),
                            fingerprint(),
                            marks().get(Marks.MODEL)));
        }
        return marks.getOrDefault(Marks.SETTINGS, "").equals(settings())
                ? Optional.empty()
                : Optional.of("what becomes of long and empty texts was %s and is %s"
                        .formatted(marks.getOrDefault(Marks.SETTINGS, ""), settings()));
    }

    /** What must be the same for rows to be taken over that an earlier run embedded. */
    Map<String, String> deciding(StructType columns) {
        return Map.of("fingerprint", fingerprint(), "settings", settings(), "columns", columns.toDDL());
    }

    /** The precision of a target's vectors, where they are this model's in one of them. */
    static Optional<Precision> precisionOf(Map<String, String> marks, Model model) {
        for (var precision : Precision.values()) {
            if (model.fingerprint(precision).equals(marks.getOrDefault(Marks.FINGERPRINT, ""))) {
                return Optional.of(precision);
            }
        }
        return Optional.empty();
    }
}
