package dev.packhorse.engine.onednn;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.measure.BatchLoop;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.transformer.Dense;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.PointerScope;

/**
 * How fast this machine multiplies matrices with oneDNN: what an encoder would reach that did nothing else. For
 * benchmarks only.
 *
 * <p>Not thread-safe: one thread opens, runs and closes it. Owns its matrices and their native memory.
 */
public final class MatmulPeak implements AutoCloseable {

    // the shape of a BERT-base's feed-forward network, large enough that nothing but the kernel counts
    private static final int TOKENS = 1024;
    private static final int INPUTS = 768;
    private static final int OUTPUTS = 3072;
    private static final int ROUNDS = 8;
    private static final int REPEATS = 8;

    private final Resources resources = new Resources();
    private final NativeMemory counted = resources.add(NativeMemory.open(Long.MAX_VALUE));
    private final List<Multiplication> multiplications = new ArrayList<>();

    /** One thread's; closed with all others. */
    private record Multiplication(Kernel kernel, IntMemoryMap arguments, stream queue) {

        void run() {
            OpenMp.useThreads(1);
            for (var i = 0; i < REPEATS; i++) {
                kernel.run(queue, arguments);
            }
        }
    }

    /**
     * Prepares matrices for each thread; the caller closes them.
     *
     * @param threads how many multiply at the same time
     * @throws dev.packhorse.engine.contract.EncoderException when there is no optimised kernel for the precision
     */
    public MatmulPeak(Precision precision, int threads) {
        try {
            var dense = dense();
            for (var i = 0; i < threads; i++) {
                multiplications.add(prepare(Numbers.of(precision), dense));
            }
        } catch (RuntimeException | Error e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    private static Dense dense() {
        var random = new Random(1);
        var weight = new float[INPUTS * OUTPUTS];
        for (var i = 0; i < weight.length; i++) {
            weight[i] = (float) random.nextGaussian();
        }
        return new Dense(INPUTS, OUTPUTS, weight, new float[OUTPUTS]);
    }

    private Multiplication prepare(Numbers numbers, Dense dense) {
        try (var scope = new PointerScope()) {
            var stride = 2 * INPUTS; // room for appended rows
            var scaling = PackedWeights.scaling(numbers, INPUTS, OUTPUTS, TOKENS);
            var spec = new DenseSpec(
                    "peak",
                    INPUTS,
                    0,
                    stride,
                    OUTPUTS,
                    Epilogue.NONE,
                    scaling,
                    numbers.quantized() ? memory.data_type.u8 : numbers.stream(),
                    memory.data_type.f32,
                    numbers.inner());
            var maxima = new float[INPUTS];
            Arrays.fill(maxima, 1);
            var packed = resources.add(
                    numbers.quantized()
                            ? PackedDense.integers(counted, spec, dense, maxima, TOKENS)
                            : PackedDense.floats(counted, spec, dense, TOKENS));
            var kernel =
                    resources.add(packed.spec().compile(TOKENS, packed.layout()).outlive());
            var arguments = resources.keep(new IntMemoryMap());
            arguments
                    .put(
                            dnnl.DNNL_ARG_SRC,
                            resources.allocate(
                                    counted,
                                    Descs.matrix(
                                            spec.source(), TOKENS, packed.spec().multiplied(), stride)))
                    .put(dnnl.DNNL_ARG_WEIGHTS, packed.weights())
                    .put(dnnl.DNNL_ARG_BIAS, packed.bias())
                    .put(dnnl.DNNL_ARG_DST, resources.allocate(counted, Descs.matrix(spec.target(), TOKENS, OUTPUTS)))
                    .put(dnnl.DNNL_ARG_SCRATCHPAD, resources.allocate(counted, kernel.scratch()));
            if (numbers.quantized()) {
                arguments.put(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_WEIGHTS, packed.channelScales());
            }
            if (scaling == Scaling.FUSED) {
                arguments.put(
                        dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_SRC,
                        resources.allocate(counted, Descs.matrix(memory.data_type.f32, TOKENS, 1)));
            }
            return new Multiplication(kernel, arguments, resources.keep(new stream(OneDnn.CPU)));
        }
    }

    /**
     * Measures: the best of some rounds, all threads multiplying at the same time.
     *
     * @return 10^9 operations in a second, of all threads together, a multiplication and an addition counting two
     * @throws dev.packhorse.engine.contract.EncoderException when a multiplication fails
     */
    public double gigaflops() {
        var best = Double.MAX_VALUE;
        for (var round = 0; round < ROUNDS; round++) {
            best = Math.min(best, BatchLoop.run(multiplications.size(), multiplications.size(), i -> multiplications
                    .get(i)
                    .run()));
        }
        return 2.0 * TOKENS * INPUTS * OUTPUTS * REPEATS * multiplications.size() / best / 1e9;
    }

    @Override
    public void close() {
        resources.close();
    }
}
