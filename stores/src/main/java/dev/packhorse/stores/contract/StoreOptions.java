package dev.packhorse.stores.contract;

import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.List;

/** What every kind of store can be told. Constants, immutable. */
public final class StoreOptions {

    public static final Option<Integer> BATCH_ROWS = Option.of(
            "batch-rows",
            OptionType.integer(1, 100_000),
            1000,
            "Rows that a task holds and sends at a time; a store that takes fewer at once gets fewer.");

    public static final Option<IndexKind> INDEX = Option.of(
            "index",
            OptionType.choice(IndexKind.class, IndexKind::id),
            "The index that finds neighbours, built after the rows are there. Default: the store's own way, see docs/EXPORT.md.");

    public static final Option<Metric> METRIC = Option.of(
            "metric",
            OptionType.choice(Metric.class, Metric::id),
            Metric.COSINE,
            "By what the store finds neighbours.");

    public static final Option<Integer> HNSW_M =
            Option.of("hnsw-m", OptionType.integer(2, 100), 16, "Neighbours of a vector in an HNSW graph.");

    public static final Option<Integer> HNSW_EF_CONSTRUCTION = Option.of(
            "hnsw-ef-construction",
            OptionType.integer(4, 10_000),
            200,
            "Candidates that an HNSW graph looks at for each vector while it is built.");

    public static final Option<Integer> EF_SEARCH = Option.of(
            "ef-search",
            OptionType.integer(1, 1000),
            100,
            "Candidates that --verify lets an HNSW graph look at for each search.");

    /** All of them, in the order in which people read them. */
    public static final List<Option<?>> ALL =
            List.of(BATCH_ROWS, METRIC, INDEX, HNSW_M, HNSW_EF_CONSTRUCTION, EF_SEARCH);

    private StoreOptions() {}
}
