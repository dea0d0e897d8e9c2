package dev.packhorse.jobs.estimate;

import dev.packhorse.engine.Engine;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.tokenize.Chunker;
import dev.packhorse.engine.tokenize.Tokenizer;
import dev.packhorse.engine.tokenize.TokenizerException;
import dev.packhorse.udf.options.EncodeOptions.LongText;
import dev.packhorse.udf.rows.LongTexts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Some texts of a corpus, tokenized, and what is known of all of them.
 *
 * @param rows of the corpus
 * @param bytes of all its texts, in UTF-8
 * @param texts the sample
 */
record TextSample(long rows, long bytes, List<Sampled> texts) {

    private static final long SEED = 20_26;

    /**
     * A text.
     *
     * @param text empty where there is none
     * @param pieces [N] tokens of what the encoder gets of it: one piece, or its chunks; none where it has an error
     * @param cut whether the model does not read all of it
     */
    record Sampled(String text, int[] pieces, boolean cut) {

        int bytes() {
            return text.getBytes(StandardCharsets.UTF_8).length;
        }

        int tokens() {
            return Arrays.stream(pieces).sum();
        }
    }

    /**
     * Reads a corpus twice: to count it, and for some texts, the same ones each time that it is read in the same order.
     *
     * @param text its column
     * @param wanted how many texts
     */
    static TextSample of(Dataset<Row> corpus, Column text, int wanted, Model model, LongTexts longTexts) {
        var counted = corpus.agg(
                        functions.count(functions.lit(1)),
                        functions.coalesce(functions.sum(functions.octet_length(text)), functions.lit(0L)))
                .first();
        var chosen = corpus
                .select(text.as("text"))
                .orderBy(functions.rand(SEED)) // not by the texts, of which equal ones would come together
                .limit(wanted)
                .collectAsList()
                .stream()
                .map(row -> Optional.ofNullable(row.getString(0)).orElse(""))
                .toList();
        try (var tokenizer = Engine.openTokenizer(model)) {
            return new TextSample(
                    counted.getLong(0),
                    counted.getLong(1),
                    chosen.stream()
                            .map(one -> sampled(one, tokenizer, longTexts))
                            .toList());
        }
    }

    private static Sampled sampled(String text, Tokenizer tokenizer, LongTexts longTexts) {
        if (text.isBlank()) {
            return new Sampled(text, new int[0], false);
        }
        try {
            if (longTexts.choice() == LongText.CHUNK) {
                var chunks = new Chunker(tokenizer, longTexts.chunkTokens(), longTexts.chunkOverlap()).chunk(text);
                var pieces = chunks.stream()
                        .mapToInt(chunk -> chunk.tokens().length())
                        .toArray();
                return new Sampled(text, pieces, false);
            }
            var tokens = tokenizer.tokenize(text);
            return tokens.truncated() && longTexts.choice() == LongText.ERROR
                    ? new Sampled(text, new int[0], true)
                    : new Sampled(text, new int[] {tokens.length()}, tokens.truncated());
        } catch (TokenizerException e) {
            return new Sampled(text, new int[0], false); // it will be a row with an error
        }
    }

    /**
     * Tokens of all texts. The sample's mean is corrected by what is known of all: how many bytes they have, and how tokens
     * come with bytes in the sample (the regression estimator; Cochran, Sampling Techniques, chapter 7).
     */
    double tokens() {
        if (texts.isEmpty()) {
            return 0;
        }
        var meanBytes = texts.stream().mapToInt(Sampled::bytes).average().orElse(0);
        var meanTokens = texts.stream().mapToInt(Sampled::tokens).average().orElse(0);
        var together = 0.0;
        var squares = 0.0;
        for (var one : texts) {
            var distance = one.bytes() - meanBytes;
            together += distance * (one.tokens() - meanTokens);
            squares += distance * distance;
        }
        var slope = squares == 0 ? 0 : together / squares;
        return rows * Math.max(0, meanTokens + slope * ((double) bytes / rows - meanBytes));
    }

    /** The pieces of the sample, [N], in its order. */
    int[] lengths() {
        return texts.stream().flatMapToInt(one -> Arrays.stream(one.pieces())).toArray();
    }

    /** The part of the sample that the model does not read to the end. */
    double cutShare() {
        return (double) texts.stream().filter(Sampled::cut).count() / Math.max(1, texts.size());
    }

    /** The sample's texts that are encoded. */
    List<String> encoded() {
        var encoded = new ArrayList<String>();
        texts.stream().filter(one -> one.pieces().length > 0).forEach(one -> encoded.add(one.text()));
        return encoded;
    }
}
