package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.packed.Target;
import dev.packhorse.engine.plan.BatchPlanner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All of the GPUs' fast path but the GPU: packed graphs behind the queue, on the CPU's operators in place of its own. */
class GpuEncodersTest {

    private static final BatchListener NOBODY = (rows, tokens, computedTokens, nanos) -> {};

    private final Random random = new Random(Seeds.random().nextLong());

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void tasksThatShareDevicesGetTheReferencesVectors(int devices) throws InterruptedException, ExecutionException {
        var model = ModelFolder.read(Fixtures.tinyBert());
        var reference = Fixtures.reference("tiny-bert");
        var settings = new EngineSettings(model, Precision.FLOAT32, PathChoice.AUTO, 300, 1);
        var targets = Collections.nCopies(devices, new Target.Cpu(1));
        var threads = Executors.newFixedThreadPool(4);
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var tokenizer = Engine.openTokenizer(model);
                var encoder = GpuEncoders.nested(settings, targets, memory, tokenizer)) {
            assertThat(encoder.info().name()).isEqualTo("onnxruntime-nested");
            var embedder = new Embedder(
                    encoder,
                    new BatchPlanner(300, false),
                    memory,
                    reference.tokenIds().get(0));
            var tasks = IntStream.range(0, 4)
                    .<Callable<Double>>mapToObj(task -> () -> worstCosine(embedder, reference))
                    .toList();
            for (var worst : threads.invokeAll(tasks)) {
                assertThat(worst.get()).isGreaterThanOrEqualTo(0.99999);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** In an order of its own. */
    private double worstCosine(Embedder embedder, Fixtures.Reference reference) {
        var order = new ArrayList<>(
                IntStream.range(0, reference.tokenIds().size()).boxed().toList());
        Collections.shuffle(order, random);
        List<int[]> rows = order.stream().map(reference.tokenIds()::get).toList();
        var answers = embedder.embed(rows, NOBODY);
        var found = new float[answers.length][];
        for (var i = 0; i < answers.length; i++) {
            found[order.get(i)] = ((Embedded.Vector) answers[i]).values();
        }
        return Closeness.worst(reference.vectors(), found).cosine();
    }
}
