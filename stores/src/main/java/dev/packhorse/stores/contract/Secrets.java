package dev.packhorse.stores.contract;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Passwords and tokens. They reach tasks inside what Spark sends them, and stand in no setting, no log and no file: what prints
 * one of these prints names alone. Immutable.
 */
public final class Secrets implements Serializable {

    private static final long serialVersionUID = 1;

    /** For stores that need none. */
    public static final Secrets NONE = new Secrets(Map.of());

    private final TreeMap<String, String> values;

    /** @param values by name; copied */
    public Secrets(Map<String, String> values) {
        this.values = new TreeMap<>(values);
    }

    /** A secret, where it was found. */
    public Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** A text, such as the message of a driver, with stars where it says a secret. */
    public String redact(String text) {
        var redacted = text;
        for (var value : values.values()) {
            if (!value.isEmpty()) {
                redacted = redacted.replace(value, "***");
            }
        }
        return redacted;
    }

    /** Names, and no values. */
    @Override
    public String toString() {
        return "secrets " + values.keySet();
    }
}
