package dev.packhorse.jobs.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.engine.output.Ranges;
import java.util.ArrayList;
import java.util.List;

/**
 * Ranges as manifests and footers have them: {@code [[least of each dimension], [greatest of each dimension]]}, which is
 * what sentence-transformers takes as {@code ranges}. Numbers are as short as tells them from all other float32 numbers.
 * Thread-safe.
 */
public final class RangesJson {

    /** The entry of manifests and footers. */
    public static final String ENTRY = "output-ranges";

    /** Decimal fractions, for a double in between could be rounded to another float. */
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private RangesJson() {}

    /** For a manifest: [2, D], the least and then the greatest. */
    public static List<List<Float>> entry(Ranges ranges) {
        return List.of(numbers(ranges.least()), numbers(ranges.greatest()));
    }

    /** For a footer: the same as JSON. */
    public static String text(Ranges ranges) {
        try {
            return JSON.writeValueAsString(entry(ranges));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("ranges are plain lists of numbers", e);
        }
    }

    /** @throws IllegalArgumentException when they are no ranges */
    static Ranges read(JsonNode entry) {
        if (entry.size() != 2) {
            throw new IllegalArgumentException("expected two lists of numbers, found " + entry.size());
        }
        return new Ranges(floats(entry.get(0)), floats(entry.get(1)));
    }

    private static List<Float> numbers(float[] floats) {
        var numbers = new ArrayList<Float>(floats.length);
        for (var value : floats) {
            numbers.add(value);
        }
        return numbers;
    }

    private static float[] floats(JsonNode numbers) {
        var floats = new float[numbers.size()];
        for (var i = 0; i < floats.length; i++) {
            floats[i] = Float.parseFloat(numbers.get(i).asText());
        }
        return floats;
    }
}
