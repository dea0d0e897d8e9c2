package dev.packhorse.engine.onednn;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Families;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.Dense;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.Norm;
import dev.packhorse.engine.transformer.TransformerShape;
import dev.packhorse.engine.transformer.TransformerWeights;
import dev.packhorse.engine.weights.WeightsFile;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Encoders of the model tiny-bert, and batches for them. */
final class TinyEncoders {

    static final Pooler POOLER = new Pooler(Pooling.MEAN, true);
    static final int DIMENSION = 32;
    static final int CAPACITY = 512;

    /** A token that no reference text has. */
    static final int BROKEN_TOKEN = 4;

    private TinyEncoders() {}

    /** The precisions that this CPU can compute in. */
    static Stream<Precision> precisions() {
        return Arrays.stream(Precision.values())
                .filter(precision -> precision != Precision.BFLOAT16 || OneDnn.hasBfloat16());
    }

    static TransformerWeights weights() {
        var model = ModelFolder.read(Fixtures.tinyBert());
        return Families.weights(
                (Known) model.architecture(),
                WeightsFile.safetensors("tiny-bert", Fixtures.tinyBert().resolve("model.safetensors")));
    }

    static NestedEncoder open(NativeMemory memory, Precision precision) {
        try (var weights = weights()) {
            return open(memory, precision, weights);
        }
    }

    /** An encoder whose numbers overflow in rows that have the {@link #BROKEN_TOKEN}. */
    static NestedEncoder openBroken(NativeMemory memory, Precision precision) {
        try (var weights = new BrokenWeights(weights())) {
            return open(memory, precision, weights);
        }
    }

    private static NestedEncoder open(NativeMemory memory, Precision precision, TransformerWeights weights) {
        var calibration = Fixtures.reference("tiny-bert").tokenIds();
        return new NestedEncoder(memory, weights, POOLER, precision, CAPACITY, calibration, 1);
    }

    private record BrokenWeights(TransformerWeights weights) implements TransformerWeights {

        @Override
        public TransformerShape shape() {
            return weights.shape();
        }

        @Override
        public void wordEmbeddings(FloatBuffer into) {
            var first = into.position();
            weights.wordEmbeddings(into);
            into.put(first + BROKEN_TOKEN * DIMENSION, Float.POSITIVE_INFINITY);
        }

        @Override
        public float[] positionEmbeddings() {
            return weights.positionEmbeddings();
        }

        @Override
        public Norm embeddingNorm() {
            return weights.embeddingNorm();
        }

        @Override
        public Optional<Dense> embeddingProjection() {
            return weights.embeddingProjection();
        }

        @Override
        public float[] relativeBias() {
            return weights.relativeBias();
        }

        @Override
        public Optional<Norm> finalNorm() {
            return weights.finalNorm();
        }

        @Override
        public LayerWeights layer(int layer) {
            return weights.layer(layer);
        }

        @Override
        public void close() {
            weights.close();
        }
    }

    /** [B][D] the vectors of rows in one batch. */
    static float[][] encode(NativeMemory memory, NestedEncoder encoder, List<int[]> rows) {
        try (var batch = NestedBatch.pack(memory, rows)) {
            var vectors = encoder.encode(batch);
            var found = new float[rows.size()][];
            for (var b = 0; b < found.length; b++) {
                found[b] = Arrays.copyOfRange(vectors, b * DIMENSION, (b + 1) * DIMENSION);
            }
            return found;
        }
    }

    /** Rows of a batch that just fits. */
    static List<int[]> batch(RandomGenerator random, List<int[]> rows) {
        var batch = new ArrayList<int[]>();
        var tokens = 0;
        while (true) {
            var row = rows.get(random.nextInt(rows.size()));
            tokens += row.length;
            if (tokens > CAPACITY) {
                return batch;
            }
            batch.add(row);
        }
    }
}
