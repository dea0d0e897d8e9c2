package dev.packhorse.stores.flight;

import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.Option;
import java.util.List;
import java.util.Set;

/** Servers that speak Arrow Flight (<a href="https://arrow.apache.org/docs/format/Flight.html">its format</a>). */
public final class FlightKind implements StoreKind {

    @Override
    public String scheme() {
        return "flight";
    }

    @Override
    public String example() {
        return FlightPlace.EXAMPLE;
    }

    @Override
    public List<Option<?>> options() {
        return FlightOptions.STORE;
    }

    @Override
    public List<IndexKind> indexes() {
        return List.of(IndexKind.NONE);
    }

    @Override
    public Set<String> secrets() {
        return Set.of(FlightOptions.TOKEN);
    }

    @Override
    public Store open(StoreRequest request) {
        request.index(this); // there is but one, and nothing to build
        return new FlightStore(FlightPlace.of(request), request.secrets());
    }
}
