package dev.packhorse.engine;

import java.util.Random;
import java.util.random.RandomGenerator;

/** Random numbers that differ from run to run and can be had again: {@code -Dpackhorse.seed=}, as printed. */
public final class Seeds {

    private static final long SEED = Long.getLong("packhorse.seed", System.nanoTime());

    static {
        System.out.printf("random tests: repeat them with -Dpackhorse.seed=%d%n", SEED);
    }

    private Seeds() {}

    /** A generator for one test. */
    public static RandomGenerator random() {
        return new Random(SEED);
    }

    /** Arrays of token ids that tiny-bert knows, of 1 to {@code maxLength} tokens. */
    public static int[] tokens(RandomGenerator random, int maxLength) {
        return random.ints(random.nextInt(1, maxLength + 1), 5, 550).toArray();
    }
}
