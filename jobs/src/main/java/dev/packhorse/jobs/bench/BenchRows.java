package dev.packhorse.jobs.bench;

import dev.packhorse.engine.tokenize.Tokenizer;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The rows that encoders are measured with: texts' own tokens, or rows of made lengths, cut out of them. The same at every call.
 * Not thread-safe.
 */
final class BenchRows {

    private static final long SEED = 23;

    private final List<int[]> corpus;
    private final Lengths lengths;
    private final int count;

    /**
     * Tokenizes the texts.
     *
     * @param texts at least one with tokens
     * @param count how many rows of made lengths there are
     */
    BenchRows(Tokenizer tokenizer, List<String> texts, Lengths lengths, int count) {
        this.corpus = texts.stream().map(text -> tokenizer.tokenize(text).ids()).toList();
        this.lengths = lengths;
        this.count = count;
    }

    /** The texts' own. */
    List<int[]> corpus() {
        return corpus;
    }

    /** The rows that were asked for. */
    List<int[]> rows() {
        return lengths instanceof Lengths.Made ? of(lengths, count, new Random(SEED)) : corpus;
    }

    /** So many rows of such lengths; of the corpus, its first ones, and all over again where it has not as many. */
    List<int[]> of(Lengths wanted, int count, Random random) {
        return wanted instanceof Lengths.Made made
                ? made(made.draw(count, random))
                : IntStream.range(0, count)
                        .mapToObj(i -> corpus.get(i % corpus.size()))
                        .toList();
    }

    /** Rows of these lengths, words as they follow each other in the texts. */
    List<int[]> made(int[] lengths) {
        return new TokenStream(corpus).rows(lengths);
    }

    /** How many there are and how long they are, for people. */
    String description() {
        var rows = rows();
        var tokens = rows.stream().mapToLong(row -> row.length).sum();
        return String.format(
                Locale.ROOT,
                "%,d rows (%s), %,d tokens, mean %.0f, longest %d",
                rows.size(),
                lengths.text(),
                tokens,
                (double) tokens / rows.size(),
                rows.stream().mapToInt(row -> row.length).max().orElse(0));
    }
}
