package dev.packhorse.cuda;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.FamilyFixture;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Families;
import dev.packhorse.engine.gpu.RowSlice;
import dev.packhorse.engine.model.EmbeddedModel;
import dev.packhorse.engine.model.ModelFiles;
import dev.packhorse.engine.model.ModelOptions;
import dev.packhorse.engine.model.Models;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.packed.PackedSession;
import dev.packhorse.engine.packed.Target;
import dev.packhorse.engine.pooling.Pooler;
import dev.packhorse.engine.transformer.TransformerWeights;
import dev.packhorse.engine.weights.WeightsFile;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The tests' cases on a device: vectors against sentence-transformers', which the CPU's are held to. */
final class Cases {

    /** Trained weights; those of float32 are held to more. */
    private static final double TRAINED = 0.9999;

    /** Random weights of tiny models forgive less: PyTorch's own float16 gives 0.998. */
    private static final double RANDOM = 0.999;

    private static final double FLOAT32 = 0.99999;

    /** Rows in a launch; few, for the CPU's operators pad them, some of a thousand tokens. */
    private static final int LAUNCH = 4;

    private final PrintStream out;
    private final Target target;
    private boolean good = true;

    Cases(PrintStream out, Target target) {
        this.out = out;
        this.target = target;
    }

    /** @return whether all vectors are near enough */
    boolean run() {
        for (var precision : List.of(Precision.FLOAT32, Precision.FLOAT16)) {
            FamilyFixture.families().forEach(fixture -> family(fixture, precision));
            if (Cases.class.getResource("/all-minilm-l6-v2.onnx") != null) { // beside the rest, if somebody brought it
                embedded(precision);
            }
        }
        return good;
    }

    private void family(FamilyFixture fixture, Precision precision) {
        var pooler = new Pooler(ModelOptions.poolings(fixture.pooling()).get(0), true);
        var known = (Known) Families.describe(fixture.config(), fixture.configJson());
        var file = WeightsFile.safetensors(fixture.weightsFile().toString(), fixture.weightsFile());
        try (var weights = Families.weights(known, file)) {
            check(fixture.family(), weights, pooler, precision, fixture.tokenIds(), fixture.referenceVectors(), RANDOM);
        }
    }

    private void embedded(Precision precision) {
        var name = EmbeddedModel.ALL_MINILM_L6_V2.id();
        var model = Models.find(name);
        var reference = Fixtures.reference(name);
        var graph = model.graph().orElseThrow();
        try (var copies = ModelFiles.copy(model.onnx());
                var weights =
                        Families.weights((Known) model.architecture(), WeightsFile.onnx(name, copies.path(graph)))) {
            var pooler = Pooler.open(model.head(), 0);
            check(name, weights, pooler, precision, reference.tokenIds(), reference.vectors(), TRAINED);
        }
    }

    private void check(
            String name,
            TransformerWeights weights,
            Pooler pooler,
            Precision precision,
            List<int[]> rows,
            float[][] expected,
            double leastInHalf) {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var session = PackedSession.open(memory, weights, pooler, precision, target)) {
            var worst = Closeness.worst(expected, encode(memory, session, rows));
            var least = precision == Precision.FLOAT16 ? leastInHalf : FLOAT32;
            var enough = worst.cosine() >= least;
            good &= enough;
            out.printf(
                    "case | %s | %s | worst cosine %.7f | worst difference %.1e | %s%n",
                    name,
                    precision.id(),
                    worst.cosine(),
                    worst.difference(),
                    enough ? "good" : "TOO FAR, expected " + least);
        } catch (RuntimeException e) { // the others are worth knowing
            good = false;
            out.printf("case | %s | %s | FAILED: %s%n", name, precision.id(), e);
        }
    }

    /** [N][D]; in launches of several rows, in an order of their own. */
    private static float[][] encode(NativeMemory memory, PackedSession session, List<int[]> rows) {
        var order = new ArrayList<Integer>();
        for (var i = 0; i < rows.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(7));
        var vectors = new float[rows.size()][];
        var d = session.info().dimension();
        for (var from = 0; from < order.size(); from += LAUNCH) {
            var some = order.subList(from, Math.min(order.size(), from + LAUNCH));
            try (var batch =
                    NestedBatch.pack(memory, some.stream().map(rows::get).toList())) {
                var found = session.launch(List.of(RowSlice.of(batch)));
                for (var b = 0; b < some.size(); b++) {
                    vectors[some.get(b)] = Arrays.copyOfRange(found, b * d, (b + 1) * d);
                }
            }
        }
        return vectors;
    }
}
