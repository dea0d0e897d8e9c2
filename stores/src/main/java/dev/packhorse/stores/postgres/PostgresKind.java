package dev.packhorse.stores.postgres;

import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import java.util.List;
import java.util.Set;

/** Tables of PostgreSQL, with pgvector or without. Thread-safe. */
public final class PostgresKind implements StoreKind {

    /** pgvector takes no more. */
    private static final int MOST_EF_CONSTRUCTION = 1000;

    @Override
    public String scheme() {
        return "postgresql";
    }

    @Override
    public String example() {
        return PostgresAddress.EXAMPLE;
    }

    @Override
    public List<Option<?>> options() {
        return PostgresOptions.ALL;
    }

    @Override
    public List<IndexKind> indexes() {
        return List.of(IndexKind.NONE, IndexKind.HNSW);
    }

    @Override
    public Set<String> secrets() {
        return Set.of("user", "password");
    }

    @Override
    public Store open(StoreRequest request) {
        var options = request.options();
        var address = PostgresAddress.of(request.place());
        var vectorType = options.get(PostgresOptions.VECTOR_TYPE);
        var graph = new HnswSettings(
                request.index(this) == IndexKind.HNSW,
                options.get(StoreOptions.HNSW_M),
                options.get(StoreOptions.HNSW_EF_CONSTRUCTION),
                options.get(StoreOptions.EF_SEARCH));
        if (graph.wanted()) {
            check(graph, vectorType);
        }
        var server = new Server(
                address,
                request.secrets(),
                options.get(PostgresOptions.STATEMENT_TIMEOUT),
                options.get(PostgresOptions.INDEX_TIMEOUT));
        return new PostgresStore(server, vectorType, graph);
    }

    private static void check(HnswSettings graph, VectorType vectorType) {
        if (!vectorType.ofExtension()) {
            throw new OptionException(
                    "--index hnsw: expected --vector-type vector or halfvec, found %s, which is searched "
                                    .formatted(vectorType.id())
                            + "without an index");
        }
        if (graph.efConstruction() > MOST_EF_CONSTRUCTION || graph.efConstruction() < 2 * graph.m()) {
            throw new OptionException(
                    "--hnsw-ef-construction: expected twice --hnsw-m (%d) to %d, as pgvector has it, found %d"
                            .formatted(2 * graph.m(), MOST_EF_CONSTRUCTION, graph.efConstruction()));
        }
    }
}
