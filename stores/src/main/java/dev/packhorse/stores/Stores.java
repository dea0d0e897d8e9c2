package dev.packhorse.stores;

import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.udf.options.Nearest;
import dev.packhorse.udf.options.OptionException;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;

/** The kinds of stores on the class path. Thread-safe. */
public final class Stores {

    /** Kinds of a module that is not always there. */
    private static final Set<String> OF_LANCE = Set.of("lance", "lancedb");

    private Stores() {}

    /** All of them, by name. */
    public static List<StoreKind> kinds() {
        return ServiceLoader.load(StoreKind.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(StoreKind::scheme))
                .toList();
    }

    /**
     * The kind that an address names.
     *
     * @param address as {@code --to} says it
     * @throws OptionException when there is none of that name, naming the nearest
     */
    public static StoreKind kind(String address) {
        var kinds = kinds();
        var colon = address.indexOf(':');
        var scheme = colon < 0 ? address : address.substring(0, colon);
        if (OF_LANCE.contains(scheme)
                && kinds.stream().noneMatch(kind -> kind.scheme().equals(scheme))) {
            throw new OptionException(
                    "--to %s:...: expected Packhorse's module for Lance on the class path, found none; ./packhorse brings it, spark-submit takes it as docs/EXPORT.md says"
                            .formatted(scheme));
        }
        return kinds.stream()
                .filter(kind -> kind.scheme().equals(scheme))
                .findFirst()
                .orElseThrow(() -> new OptionException(
                        "--to %s:...: expected an address such as %s, found none; the nearest is %s:"
                                .formatted(
                                        scheme, // what follows it may hold a password
                                        kinds.stream().map(StoreKind::example).collect(Collectors.joining(", ")),
                                        Nearest.to(
                                                scheme,
                                                kinds.stream()
                                                        .map(StoreKind::scheme)
                                                        .toList()))));
    }
}
