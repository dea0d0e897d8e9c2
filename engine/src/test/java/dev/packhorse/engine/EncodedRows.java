package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What an encoder makes of rows of token ids, as vectors that can be compared one by one. */
public final class EncodedRows {

    private EncodedRows() {}

    /** [B][D], all rows in one batch. */
    public static float[][] together(NativeMemory memory, Encoder encoder, List<int[]> rows) {
        try (var batch = NestedBatch.pack(memory, rows)) {
            var vectors = encoder.encode(batch);
            var d = encoder.info().dimension();
            assertThat(vectors).hasSize(rows.size() * d);
            return IntStream.range(0, rows.size())
                    .mapToObj(b -> Arrays.copyOfRange(vectors, b * d, (b + 1) * d))
                    .toArray(float[][]::new);
        }
    }

    /** [N][D], each row a batch of its own. */
    public static float[][] alone(NativeMemory memory, Encoder encoder, List<int[]> rows) {
        return rows.stream()
                .map(row -> together(memory, encoder, List.of(row))[0])
                .toArray(float[][]::new);
    }
}
