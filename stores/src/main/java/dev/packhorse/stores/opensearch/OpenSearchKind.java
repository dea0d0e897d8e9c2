package dev.packhorse.stores.opensearch;

import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.http.HttpAddress;
import dev.packhorse.stores.http.HttpLimits;
import dev.packhorse.stores.http.HttpOptions;
import dev.packhorse.stores.http.Pauses;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionType;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** OpenSearch with its plugin k-NN. Thread-safe. */
public final class OpenSearchKind implements StoreKind {

    public static final Option<Integer> SHARDS = Option.of(
            "opensearch-shards", OptionType.integer(1, 1024), 1, "Primary shards of an OpenSearch index that is made.");

    public static final Option<Integer> REPLICAS = Option.of(
            "opensearch-replicas",
            OptionType.integer(0, 100),
            1,
            "Copies of each shard of an OpenSearch index that is made.");

    private static final String USER = "user";
    private static final String PASSWORD = "password";

    /** Of indexes: https://docs.opensearch.org/2.19/api-reference/index-apis/create-index/ */
    private static final Pattern NAMES =
            Pattern.compile("[^\\p{Lu}_+\\-.\\s:\"*\\\\/|?#><,][^\\p{Lu}\\s:\"*\\\\/|?#><,]{0,254}");

    private static final String LIKE =
            "the name of an index, in lower case without spaces and signs other than _ - . +";

    private final Pauses pauses;

    /** By the clock of the machine. */
    public OpenSearchKind() {
        this(Pauses.Machine.INSTANCE);
    }

    OpenSearchKind(Pauses pauses) {
        this.pauses = pauses;
    }

    @Override
    public String scheme() {
        return "opensearch";
    }

    @Override
    public String example() {
        return "opensearch:https://host:9200/index";
    }

    @Override
    public List<Option<?>> options() {
        return Stream.concat(Stream.of(SHARDS, REPLICAS), HttpOptions.ALL.stream())
                .toList();
    }

    @Override
    public List<IndexKind> indexes() {
        return List.of(IndexKind.HNSW, IndexKind.NONE);
    }

    @Override
    public Set<String> secrets() {
        return Set.of(USER, PASSWORD);
    }

    @Override
    public Store open(StoreRequest request) {
        var secrets = request.secrets();
        if (secrets.find(USER).isPresent() != secrets.find(PASSWORD).isPresent()) {
            throw new OptionException(
                    "--to %s: expected both secrets user and password, or none, found one".formatted(scheme()));
        }
        var address = HttpAddress.of(
                this, request, NAMES, LIKE, secrets.find(PASSWORD).isPresent());
        var options = request.options();
        var settings = new OpenSearchSettings(
                request.index(this),
                options.get(StoreOptions.HNSW_M),
                options.get(StoreOptions.HNSW_EF_CONSTRUCTION),
                options.get(StoreOptions.EF_SEARCH),
                options.get(SHARDS),
                options.get(REPLICAS),
                options.get(StoreOptions.BATCH_ROWS));
        return new OpenSearchStore(new OpenSearchServer(address, HttpLimits.of(options), secrets, pauses), settings);
    }
}
