package dev.packhorse.jobs.audit;

import dev.packhorse.engine.Embedded;
import dev.packhorse.engine.Engine;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.output.WeightedMean;
import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.udf.options.EncodeOptions.LongText;
import dev.packhorse.udf.rows.LongTexts;
import dev.packhorse.udf.rows.OutputColumns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/** Embeds some texts again, one by one, in float32 on the path that all others are held to, and compares. */
record Reference(Model model, LongTexts longTexts, Limits limits) {

    private static final String NAME = "reference";

    /**
     * A text that was compared.
     *
     * @param cosine of the angle between both vectors
     */
    private record Compared(String id, double cosine) {}

    /** @param texts ids and texts, in the columns of those names; the first rows are the sample */
    Check check(Dataset<Row> candidate, Dataset<Row> texts) {
        if (limits.sample() == 0) {
            return Check.of(NAME, true, "not looked at: --audit-sample 0");
        }
        var asked = texts(texts);
        var vectors = vectors(candidate, asked);
        if (vectors.isEmpty()) {
            return Check.of(NAME, true, "no new vector to compare");
        }
        var compared = compare(asked, vectors);
        var failed = compared.stream()
                .filter(one -> !(one.cosine() >= limits.minCosine()))
                .sorted(Comparator.comparingDouble(Compared::cosine))
                .toList();
        var worst = compared.stream().mapToDouble(Compared::cosine).min().orElse(1);
        return new Check(
                NAME,
                failed.isEmpty(),
                String.format(
                        Locale.ROOT,
                        "expected a cosine of at least %s to float32, one by one, on the reference path, for %d texts, found %.6f at worst%s",
                        limits.minCosine(),
                        compared.size(),
                        worst,
                        failed.isEmpty() ? "" : ", and less for %d".formatted(failed.size())),
                failed.stream().limit(Check.MOST_IDS).map(Compared::id).toList());
    }

    private Map<String, String> texts(Dataset<Row> texts) {
        var byId = new HashMap<String, String>();
        texts.limit(limits.sample())
                .select(functions.col(OutputColumns.ID).cast(DataTypes.StringType), functions.col("text"))
                .collectAsList()
                .forEach(row -> byId.put(row.getString(0), row.getString(1)));
        return byId;
    }

    private static Map<String, List<Float>> vectors(Dataset<Row> candidate, Map<String, String> asked) {
        var id = functions.col(OutputColumns.ID).cast(DataTypes.StringType);
        var rows = candidate.filter(id.isin(asked.keySet().toArray())
                .and(functions.col(OutputColumns.EMBEDDING).isNotNull()));
        if (List.of(candidate.columns()).contains(OutputColumns.CHUNK)) {
            rows = rows.filter(functions.col(OutputColumns.CHUNK).equalTo(0));
        }
        var vectors = new HashMap<String, List<Float>>();
        rows.select(id, functions.col(OutputColumns.EMBEDDING))
                .collectAsList()
                .forEach(row -> vectors.put(row.getString(0), row.getList(1)));
        return vectors;
    }

    private List<Compared> compare(Map<String, String> texts, Map<String, List<Float>> vectors) {
        var compared = new ArrayList<Compared>();
        try (var engine = Engine.openReference(model)) {
            vectors.forEach((id, vector) -> compared.add(new Compared(
                    id,
                    embed(engine, texts.get(id))
                            .map(expected -> cosine(expected, vector))
                            .orElse(Double.NaN))));
        }
        return compared;
    }

    /** The vector of a text's row; of its first one, where chunks are rows. */
    private Optional<float[]> embed(Engine engine, String text) {
        if (longTexts.choice() != LongText.CHUNK) {
            return embed(engine, engine.tokenize(text));
        }
        var chunks = engine.chunker(longTexts.chunkTokens(), longTexts.chunkOverlap())
                .chunk(text);
        if (longTexts.chunkRows() || chunks.size() == 1) {
            return embed(engine, chunks.get(0).tokens());
        }
        var vectors = new ArrayList<float[]>();
        for (var chunk : chunks) {
            embed(engine, chunk.tokens()).ifPresent(vectors::add);
        }
        var weights = chunks.stream().mapToInt(chunk -> chunk.tokens().length()).toArray();
        return vectors.size() < chunks.size()
                ? Optional.empty()
                : Optional.of(WeightedMean.of(vectors, weights, model.head().normalizes()));
    }

    private static Optional<float[]> embed(Engine engine, TokenizedText tokens) {
        var answer = engine.embed(List.of(tokens.ids()), (rows, count, computed, nanos) -> {})[0];
        return answer instanceof Embedded.Vector vector ? Optional.of(vector.values()) : Optional.empty();
    }

    private static double cosine(float[] a, List<Float> b) {
        if (a.length != b.size()) {
            return Double.NaN;
        }
        var dot = 0.0;
        var squaresA = 0.0;
        var squaresB = 0.0;
        for (var i = 0; i < a.length; i++) {
            double y = b.get(i);
            dot += a[i] * y;
            squaresA += (double) a[i] * a[i];
            squaresB += y * y;
        }
        return dot / Math.sqrt(squaresA * squaresB);
    }
}
