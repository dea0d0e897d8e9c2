package dev.packhorse.engine.families;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.transformer.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A config.json as transformers writes it. What is missing or senseless throws; what is well-formed but not for us is
 * remembered as a condition that was not met.
 */
final class Config {

    private static final Map<String, Activation> ACTIVATIONS = Map.of(
            "gelu", Activation.GELU,
            "gelu_python", Activation.GELU,
            "gelu_new", Activation.GELU_TANH,
            "gelu_pytorch_tanh", Activation.GELU_TANH,
            "gelu_fast", Activation.GELU_TANH,
            "relu", Activation.RELU,
            "silu", Activation.SILU,
            "swish", Activation.SILU);

    private static final int MOST_LAYERS = 1_000;

    /** Buffers are made for the longest text that a model reads. */
    private static final int MOST_POSITIONS = 131_072;

    private final String file;
    private final JsonNode json;
    private final List<Condition> failed = new ArrayList<>();

    /** @param file what messages call it */
    Config(String file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    /** The conditions that were not met so far. */
    List<Condition> failed() {
        return failed;
    }

    /** Whether the key is there and not null. */
    boolean has(String key) {
        return json.hasNonNull(key);
    }

    JsonNode get(String key) {
        return has(key) ? json.get(key) : MissingNode.getInstance();
    }

    /**
     * The whole number of the first of these keys that is there.
     *
     * @throws ModelException when none is there, or it is not positive
     */
    int positive(String... keys) {
        for (var key : keys) {
            if (has(key)) {
                var value = json.get(key);
                if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 1) {
                    throw new ModelException(
                            "%s: expected a positive integer %s, found %s".formatted(file, key, value));
                }
                return value.asInt();
            }
        }
        throw new ModelException("%s: expected a positive integer %s, found nothing".formatted(file, keys[0]));
    }

    /** The number of the first of these keys that is there, or the fallback. */
    double number(double fallback, String... keys) {
        for (var key : keys) {
            if (has(key)) {
                if (!json.get(key).isNumber()) {
                    throw new ModelException("%s: expected a number %s, found %s".formatted(file, key, json.get(key)));
                }
                return json.get(key).asDouble();
            }
        }
        return fallback;
    }

    /**
     * The number of layers.
     *
     * @throws ModelException when it is none, or more than any model has
     */
    int layers(String... keys) {
        return atMost(MOST_LAYERS, keys);
    }

    /**
     * The number of positions of a model whose weights do not tell it, and for which room is made.
     *
     * @throws ModelException when it is none, or more than there is room for
     */
    int unboundPositions(String... keys) {
        return atMost(MOST_POSITIONS, keys);
    }

    private int atMost(int most, String... keys) {
        var value = positive(keys);
        if (value > most) {
            throw new ModelException("%s: expected %s of at most %d, found %d".formatted(file, keys[0], most, value));
        }
        return value;
    }

    /** The number of attention heads, each of an even width, for its numbers are turned in pairs. */
    int evenHeads(int hidden, String... keys) {
        var heads = heads(hidden, keys);
        if (hidden / heads % 2 != 0) {
            throw new ModelException("%s: expected heads of an even width, found %d".formatted(file, hidden / heads));
        }
        return heads;
    }

    /**
     * The number of attention heads.
     *
     * @throws ModelException when they do not divide the width
     */
    int heads(int hidden, String... keys) {
        var heads = positive(keys);
        if (hidden % heads != 0) {
            throw new ModelException("%s: expected a hidden size that is a multiple of %s, found %d and %d"
                    .formatted(file, keys[0], hidden, heads));
        }
        return heads;
    }

    /** The activation of the first of these keys that is there; GELU, with a failed condition, where we do not know it. */
    Activation activation(String fallback, String... keys) {
        for (var key : keys) {
            if (has(key)) {
                var name = json.get(key).asText();
                if (!ACTIVATIONS.containsKey(name)) {
                    failed.add(new Condition(key, "one of " + new TreeSet<>(ACTIVATIONS.keySet()), name));
                }
                return ACTIVATIONS.getOrDefault(name, Activation.GELU);
            }
        }
        return ACTIVATIONS.get(fallback);
    }

    /** Asks for a value of a key, which where it is missing counts as having it. */
    void expect(String key, String expected) {
        if (has(key) && !json.get(key).asText().equals(expected)) {
            failed.add(new Condition(key, expected, json.get(key).asText()));
        }
    }

    /** Asks for something that is no plain value. */
    void expect(String name, boolean met, String expected, String found) {
        if (!met) {
            failed.add(new Condition(name, expected, found));
        }
    }

    /** @throws ModelException always: the file says what cannot be */
    ModelException nonsense(String expected, String found) {
        return new ModelException("%s: expected %s, found %s".formatted(file, expected, found));
    }
}
