package dev.packhorse.engine.families;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.engine.transformer.Rotation;

/** Reads how a configuration turns positions: transformers' {@code rope_parameters}, or the older {@code rope_scaling}. */
final class Ropes {

    private Ropes() {}

    /**
     * A rotation of plain frequencies. Anything else is a failed condition.
     *
     * @param rope an object with {@code rope_type} and {@code rope_theta}; or nothing
     * @param theta the base, where the object does not say
     */
    static Rotation of(Config config, JsonNode rope, double theta) {
        expectType(config, rope, "default");
        return Rotation.of(rope.path("rope_theta").asDouble(theta));
    }

    /**
     * The same, or one whose frequencies are stretched for longer texts: {@code (theta f)^(-2 i / D) / f^(2 / D)}, as in
     * Alibaba-NLP/new-impl, modeling.py, NTKScalingRotaryEmbedding.
     *
     * @param headSize D
     */
    static Rotation maybeStretched(Config config, JsonNode rope, double theta, int headSize) {
        var plain = Rotation.of(rope.path("rope_theta").asDouble(theta));
        if (!type(rope).equals("ntk")) {
            expectType(config, rope, "default");
            return plain;
        }
        config.expect(
                "rope mixed_b",
                !rope.hasNonNull("mixed_b"),
                "none",
                rope.path("mixed_b").toString());
        var factor = rope.path("factor").asDouble(1);
        return new Rotation(plain.theta() * factor, Math.pow(factor, -2.0 / headSize));
    }

    /** Asks that a configuration changes no frequencies by that key. */
    static void expectNone(Config config, String key) {
        config.expect(key, !config.has(key), "none", config.get(key).toString());
    }

    private static void expectType(Config config, JsonNode rope, String expected) {
        config.expect("rope_type", type(rope).equals(expected), expected, type(rope));
    }

    private static String type(JsonNode rope) {
        return rope.path("rope_type").asText(rope.path("type").asText("default"));
    }
}
