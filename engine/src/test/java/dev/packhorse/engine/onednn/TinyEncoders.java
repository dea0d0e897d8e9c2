package dev.packhorse.engine.onednn;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.TinyBertWeights;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.ChangedWeights;
import dev.packhorse.engine.transformer.LayerWeights;
import dev.packhorse.engine.transformer.TransformerWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
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
        return Arrays.stream(Precision.values()).filter(OneDnnSupport::computes);
    }

    static NestedEncoder open(NativeMemory memory, Precision precision) {
        return open(memory, precision, POOLER);
    }

    static NestedEncoder open(NativeMemory memory, Precision precision, Pooler pooler) {
        try (var weights = TinyBertWeights.open()) {
            return open(memory, precision, pooler, weights);
        }
    }

    /** An encoder one of whose layers was changed. */
    static NestedEncoder open(NativeMemory memory, Precision precision, UnaryOperator<LayerWeights> change) {
        try (var weights = new ChangedWeights(TinyBertWeights.open(), words -> {}, change)) {
            return open(memory, precision, POOLER, weights);
        }
    }

    /** An encoder whose numbers overflow in rows that have the {@link #BROKEN_TOKEN}. */
    static NestedEncoder openBroken(NativeMemory memory, Precision precision) {
        try (var weights = new ChangedWeights(
                TinyBertWeights.open(),
                words -> words.put(BROKEN_TOKEN * DIMENSION, Float.POSITIVE_INFINITY),
                layer -> layer)) {
            return open(memory, precision, POOLER, weights);
        }
    }

    private static NestedEncoder open(
            NativeMemory memory, Precision precision, Pooler pooler, TransformerWeights weights) {
        var calibration = Fixtures.reference("tiny-bert").tokenIds();
        return new NestedEncoder(memory, weights, pooler, precision, CAPACITY, calibration, 1);
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
