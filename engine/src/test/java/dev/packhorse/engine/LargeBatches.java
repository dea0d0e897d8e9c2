package dev.packhorse.engine;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.ModelFolder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A program for a process with little native memory: encodes rows in batches of up to a million tokens, and holds what
 * comes out against the same rows in small batches.
 */
final class LargeBatches {

    private static final int ROWS = 4_000;

    /** Of all rows, for which the padded path then makes one batch. */
    private static final int LENGTH = 124;

    private LargeBatches() {}

    public static void main(String[] arguments) {
        var path = PathChoice.valueOf(arguments[0]);
        var rows = IntStream.range(0, ROWS)
                .mapToObj(i -> IntStream.range(0, LENGTH)
                        .map(token -> 5 + (i * 31 + token) % 500)
                        .toArray())
                .toList();
        var small = embed(path, 1_000, rows);
        System.out.println("small: " + small);
        var large = embed(path, 1_000_000, rows);
        System.out.println("large: " + large);
        System.out.println("same: " + Arrays.deepEquals(small.vectors(), large.vectors()));
    }

    private record Outcome(String encoder, int batches, int largestBatch, long failed, float[][] vectors) {
        @Override
        public String toString() {
            return "%s, %d batches of up to %d rows, %d failed".formatted(encoder, batches, largestBatch, failed);
        }
    }

    /** Closing the engine fails where counted native memory was not given back. */
    private static Outcome embed(PathChoice path, int maxBatchTokens, List<int[]> rows) {
        var model = ModelFolder.read(Fixtures.tinyBert());
        var settings = new EngineSettings(model, Precision.FLOAT32, path, maxBatchTokens, 1);
        var batches = new int[2]; // how many, the most rows of one
        try (var engine = Engine.open(settings)) {
            var answers = engine.embed(rows, (count, tokens, computed, nanos) -> {
                batches[0]++;
                batches[1] = Math.max(batches[1], count);
            });
            var failed = Arrays.stream(answers)
                    .filter(Embedded.Failed.class::isInstance)
                    .peek(System.out::println)
                    .count();
            var vectors = Arrays.stream(answers)
                    .map(answer -> answer instanceof Embedded.Vector vector ? vector.values() : new float[0])
                    .toArray(float[][]::new);
            return new Outcome(engine.info().name(), batches[0], batches[1], failed, vectors);
        }
    }
}
