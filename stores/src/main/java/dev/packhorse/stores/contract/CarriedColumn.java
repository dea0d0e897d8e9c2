package dev.packhorse.stores.contract;

import java.io.Serializable;

/**
 * A column that goes along with the vectors.
 *
 * @param name not one of {@link VectorTable}'s own
 * @param type of its values, any of which may be null
 */
public record CarriedColumn(String name, Type type) implements Serializable {

    /** What a column holds. */
    public enum Type {
        UTF8,
        INT64,
        DOUBLE,
        BOOL
    }
}
