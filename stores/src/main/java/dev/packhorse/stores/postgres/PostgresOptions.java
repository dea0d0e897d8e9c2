package dev.packhorse.stores.postgres;

import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.time.Duration;
import java.util.List;

/** What exports to PostgreSQL can be told. Constants, immutable. */
final class PostgresOptions {

    static final Option<VectorType> VECTOR_TYPE = Option.of(
            "vector-type",
            OptionType.choice(VectorType.class, VectorType::id),
            VectorType.VECTOR,
            "PostgreSQL: numbers of 4 bytes (vector) or 2 (halfvec) by pgvector, or PostgreSQL's own arrays (real).");

    static final Option<Duration> STATEMENT_TIMEOUT = Option.of(
            "statement-timeout",
            OptionType.duration(),
            Duration.ofHours(1),
            "PostgreSQL: the longest that one statement may take, such as merging the rows of a task.");

    static final Option<Duration> INDEX_TIMEOUT = Option.of(
            "index-timeout",
            OptionType.duration(),
            Duration.ofHours(12),
            "PostgreSQL: the longest that building an index may take.");

    static final List<Option<?>> ALL = List.of(VECTOR_TYPE, STATEMENT_TIMEOUT, INDEX_TIMEOUT);

    private PostgresOptions() {}
}
