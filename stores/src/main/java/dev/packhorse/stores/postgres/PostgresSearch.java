package dev.packhorse.stores.postgres;

import dev.packhorse.stores.contract.Metric;
import dev.packhorse.stores.contract.VectorSearch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Searches in one transaction, so that all searches see the same rows. */
final class PostgresSearch implements VectorSearch {

    /** pgvector's limit of hnsw.ef_search. */
    private static final int MOST_CANDIDATES = 1000;

    private final PostgresAddress address;
    private final VectorType vectorType;
    private final Metric metric;
    private final int efSearch;
    private final Session session;
    private final String extension;

    private PostgresSearch(
            PostgresAddress address,
            VectorType vectorType,
            Metric metric,
            int efSearch,
            Session session,
            String extension) {
        this.address = address;
        this.vectorType = vectorType;
        this.metric = metric;
        this.efSearch = efSearch;
        this.session = session;
        this.extension = extension;
    }

    static VectorSearch open(Server server, VectorType vectorType, Metric metric, int efSearch) {
        var session = server.open();
        try {
            session.begin();
            var extension = session.run("look for pgvector", c -> Extension.schema(c, vectorType));
            return new PostgresSearch(server.address(), vectorType, metric, efSearch, session, extension);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    @Override
    public List<String> nearest(float[] vector, int k) {
        return session.run("find neighbours", connection -> {
            if (vectorType.ofExtension()) {
                // fewer candidates than neighbours would find fewer neighbours
                var candidates = Math.min(MOST_CANDIDATES, Math.max(k, efSearch));
                Session.execute(connection, "SET LOCAL hnsw.ef_search = " + candidates);
            }
            var text = Arrays.toString(vector);
            var parameter = vectorType.ofExtension() ? text : "{" + text.substring(1, text.length() - 1) + "}";
            try (var statement = Session.prepare(connection, sql(), parameter, k);
                    var rows = statement.executeQuery()) {
                var ids = new ArrayList<String>();
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
                return ids;
            }
        });
    }

    private String sql() {
        return vectorType.ofExtension() ? byOperator() : byNumbers();
    }

    private String byOperator() {
        var operator =
                switch (metric) {
                    case COSINE -> "<=>";
                    case DOT -> "<#>";
                    case L2 -> "<->";
                };
        return "SELECT \"id\" FROM %1$s ORDER BY \"vector\" OPERATOR(%2$s.%3$s) ?::text::%2$s.%4$s LIMIT ?"
                .formatted(address.quoted(), extension, operator, vectorType.id());
    }

    /** The length of the searched vector is left out: it is the same for all. */
    private String byNumbers() {
        var far =
                switch (metric) {
                    case COSINE -> "coalesce(-sum(a * b) / nullif(sqrt(sum(a * a)), 0), 0)";
                    case DOT -> "-sum(a * b)";
                    case L2 -> "sum((a - b) * (a - b))";
                };
        return """
                SELECT kept."id" FROM (SELECT ?::text::float8[] AS numbers) AS asked CROSS JOIN %s AS kept
                CROSS JOIN LATERAL (
                  SELECT %s AS far FROM unnest(kept."vector"::float8[], asked.numbers) AS pair(a, b)) AS distance
                ORDER BY far LIMIT ?""".formatted(address.quoted(), far);
    }

    @Override
    public long rows() {
        return session.run("count rows", connection -> {
            try (var statement = Session.prepare(connection, "SELECT count(*) FROM " + address.quoted());
                    var row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        });
    }

    @Override
    public void close() {
        session.close();
    }
}
