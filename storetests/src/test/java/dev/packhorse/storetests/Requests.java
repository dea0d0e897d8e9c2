package dev.packhorse.storetests;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.OptionValues;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Requests as the job makes them. */
final class Requests {

    private Requests() {}

    static StoreRequest of(StoreKind kind, String address, Secrets secrets, Map<String, List<String>> options) {
        var known = Stream.concat(StoreOptions.ALL.stream(), kind.options().stream())
                .toList();
        return new StoreRequest(address, OptionValues.read(known, Map.of(), options), secrets, Map.of());
    }
}
