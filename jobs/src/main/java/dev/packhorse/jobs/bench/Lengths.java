package dev.packhorse.jobs.bench;

import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** How long the texts of a benchmark are, in tokens, the special ones included. Immutable. */
public sealed interface Lengths {

    /** What messages and help call them. */
    String LABEL = "corpus, fixed:N or uniform:A-B, of 2 tokens or more";

    Pattern FIXED = Pattern.compile("fixed:(\\d{1,6})");
    Pattern UNIFORM = Pattern.compile("uniform:(\\d{1,6})-(\\d{1,6})");

    /** As it is written. */
    String text();

    /** As long as real texts are. */
    record Corpus() implements Lengths {
        @Override
        public String text() {
            return "corpus";
        }
    }

    /** Lengths that are made, so that texts can be cut to them. */
    sealed interface Made extends Lengths {

        /** The most. */
        int longest();

        /** Lengths, [count], as the random numbers want it. */
        int[] draw(int count, Random random);
    }

    /**
     * All the same.
     *
     * @param tokens at least 2, which are the special ones
     */
    record Fixed(int tokens) implements Made {

        public Fixed {
            atLeastTwo(tokens);
        }

        @Override
        public String text() {
            return "fixed:" + tokens;
        }

        @Override
        public int longest() {
            return tokens;
        }

        @Override
        public int[] draw(int count, Random random) {
            return IntStream.generate(() -> tokens).limit(count).toArray();
        }
    }

    /**
     * Each length between two as likely as any other.
     *
     * @param least at least 2, which are the special ones
     * @param longest included
     */
    record Uniform(int least, int longest) implements Made {

        public Uniform {
            atLeastTwo(least);
            if (longest < least) {
                throw new IllegalArgumentException("the second is smaller");
            }
        }

        @Override
        public String text() {
            return "uniform:%d-%d".formatted(least, longest);
        }

        @Override
        public int[] draw(int count, Random random) {
            return random.ints(count, least, longest + 1).toArray();
        }
    }

    /** @throws IllegalArgumentException for anything else than {@link #LABEL} */
    static Lengths parse(String written) {
        var text = written.strip();
        if (text.equals("corpus")) {
            return new Corpus();
        }
        var fixed = FIXED.matcher(text);
        if (fixed.matches()) {
            return new Fixed(Integer.parseInt(fixed.group(1)));
        }
        var uniform = UNIFORM.matcher(text);
        if (!uniform.matches()) {
            throw new IllegalArgumentException("no lengths");
        }
        return new Uniform(Integer.parseInt(uniform.group(1)), Integer.parseInt(uniform.group(2)));
    }

    private static void atLeastTwo(int tokens) {
        if (tokens < 2) {
            throw new IllegalArgumentException("fewer than the special tokens");
        }
    }
}
