package dev.packhorse.stores.contract;

import dev.packhorse.udf.options.Option;
import java.util.List;
import java.util.Set;

/**
 * A kind of store, found by {@link java.util.ServiceLoader}: a class that implements this, and a line with its name in
 * {@code META-INF/services/dev.packhorse.stores.contract.StoreKind}. Thread-safe.
 */
public interface StoreKind {

    /** What addresses of its stores begin with, up to the colon: {@code postgresql}. */
    String scheme();

    /** An address, for help and messages: {@code postgresql://host:5432/database/table}. */
    String example();

    /** What it can be told, beyond what every export can be; by names that no other kind has for something else. */
    List<Option<?>> options();

    /** The indexes that it can build, that of choice first; {@link IndexKind#NONE} among them where it searches exactly without. */
    List<IndexKind> indexes();

    /** The secrets that it asks for, by name: {@code password}. */
    Set<String> secrets();

    /**
     * The store that a request names; touches neither network nor disk.
     *
     * @throws dev.packhorse.udf.options.OptionException when the address or an option does not fit
     */
    Store open(StoreRequest request);
}
