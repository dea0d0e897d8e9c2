package dev.packhorse.lance.rest;

import dev.packhorse.lance.shape.IndexPlan;
import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Tables of a server that speaks the REST of LanceDB, {@code lancedb:http://host:2333/namespace/table}. Thread-safe.
 *
 * @see <a href="https://lance.org/format/namespace/rest/">Lance's REST specification</a>
 */
public final class LanceDbKind implements StoreKind {

    @Override
    public String scheme() {
        return "lancedb";
    }

    @Override
    public String example() {
        return "lancedb:http://host:2333/namespace/table";
    }

    @Override
    public List<Option<?>> options() {
        return List.of();
    }

    @Override
    public List<IndexKind> indexes() {
        return List.of(IndexKind.HNSW, IndexKind.IVF_PQ, IndexKind.NONE);
    }

    @Override
    public Set<String> secrets() {
        return Set.of(RestPlace.TOKEN);
    }

    @Override
    public Store open(StoreRequest request) {
        var uri = uri(request);
        var names = Arrays.stream(uri.getPath().split("/"))
                .filter(name -> !name.isEmpty())
                .toList();
        if (names.isEmpty() || names.stream().anyMatch(name -> name.contains(RestPlace.DELIMITER))) {
            throw expected(request, "the name of a table without '$'", "'" + uri.getPath() + "'");
        }
        var server = "%s://%s".formatted(uri.getScheme(), uri.getAuthority());
        return new LanceDbStore(new RestPlace(server, names, request.secrets()), IndexPlan.of(request, this));
    }

    private URI uri(StoreRequest request) {
        if (request.place().matches("[^/]*//[^/]*@.*")) {
            throw new OptionException(
                    "--to %s:...@...: expected an address without a password, found one; give the token as PACKHORSE_LANCEDB_TOKEN in the environment, in --secrets-file, or by Hadoop's credential provider"
                            .formatted(scheme()));
        }
        URI uri;
        try {
            uri = URI.create(request.place());
        } catch (IllegalArgumentException e) {
            throw expected(request, "an address such as " + example(), e.getMessage());
        }
        if (uri.getHost() == null
                || !List.of("http", "https").contains(uri.getScheme())
                || uri.getQuery() != null
                || uri.getFragment() != null) {
            throw expected(request, "an address such as " + example(), "'" + request.place() + "'");
        }
        return uri;
    }

    private static OptionException expected(StoreRequest request, String expected, String found) {
        return new OptionException("--to %s: expected %s, found %s".formatted(request.address(), expected, found));
    }
}
