package dev.packhorse.jobs.audit;

import dev.packhorse.engine.Embedded;
import dev.packhorse.engine.Engine;
import dev.packhorse.engine.contract.BrokenEncoderException;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.output.WeightedMean;
import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.udf.options.EncodeOptions.LongText;
import dev.packhorse.udf.rows.LongTexts;
import dev.packhorse.udf.rows.OutputColumns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some texts, embedded again one by one, in float32 on the path that all others are held to: beside what else goes on, for it
 * takes a while. Whoever starts it closes it.
 */
public final class Reference implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reference.class);
    private static final String NAME = "reference";

    private final Model model;
    private final LongTexts longTexts;
    private final Limits limits;
    private final Aside<Map<String, List<Float>>> vectors;

    private Reference(Model model, LongTexts longTexts, Limits limits, Dataset<Row> texts) {
        this.model = model;
        this.longTexts = longTexts;
        this.limits = limits;
        this.vectors = Aside.start("reference", () -> embed(sample(texts)));
    }

    /**
     * Begins.
     *
     * @param texts what the sample is taken from: ids and texts in the columns of those names; the first rows are the sample
     */
    public static Reference start(Model model, LongTexts longTexts, Limits limits, Dataset<Row> texts) {
        return new Reference(model, longTexts, limits, texts);
    }

    /** A text that was compared. */
    private record Compared(String id, double cosine) {}

    /** Texts by id, as text. */
    private Map<String, String> sample(Dataset<Row> texts) {
        var sample = new LinkedHashMap<String, String>();
        if (limits.sample() > 0) {
            texts.limit(limits.sample())
                    .select(functions.col(OutputColumns.ID).cast(DataTypes.StringType), functions.col("text"))
                    .collectAsList()
                    .forEach(row -> sample.put(row.getString(0), row.getString(1)));
        }
        return sample;
    }

    /** @return vectors by id; an empty one where the reference has none */
    private Map<String, List<Float>> embed(Map<String, String> texts) {
        var embedded = new LinkedHashMap<String, List<Float>>();
        if (texts.isEmpty()) {
            return embedded;
        }
        try (var engine = Engine.openReference(model)) {
            texts.forEach((id, text) -> {
                try {
                    embedded.put(id, embed(engine, text).map(Cosine::list).orElse(List.of()));
                } catch (BrokenEncoderException e) {
                    throw e;
                } catch (RuntimeException e) { // of the tokenizer, say: its row has an error, too
                    LOG.info("left a text out of the audit's sample", e);
                }
            });
        }
        return embedded;
    }

    /** Ids of the sample, as text; waits. */
    Set<String> ids() {
        return vectors.get().keySet();
    }

    /**
     * Compares.
     *
     * @param found vectors by id; those and others
     */
    Check check(Map<String, List<Float>> found) {
        if (limits.sample() == 0) {
            return Check.of(NAME, true, "not looked at: --audit-sample 0");
        }
        var compared = new ArrayList<Compared>();
        vectors.get().forEach((id, expected) -> {
            if (found.containsKey(id)) { // else it has an error
                compared.add(new Compared(id, Cosine.of(expected, found.get(id))));
            }
        });
        if (compared.isEmpty()) {
            return Check.of(NAME, true, "no vector to compare");
        }
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

    @Override
    public void close() {
        vectors.close();
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
}
