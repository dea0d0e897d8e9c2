package dev.packhorse.engine.torch;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.padded.PaddedCells;
import java.util.List;
import java.util.function.Function;

/**
 * Tries a module when it is loaded, for a TorchScript file tells neither the shapes of what comes out nor what a trace made
 * of the module: one traced while it was trained drops numbers at random, one without a mask lets padding in, and one may only
 * take batches of the size that it was traced with. For one thread.
 */
final class TorchTrial {

    /** Two rows of unequal lengths, so that the shorter one is padded. Every vocabulary has these token ids. */
    private static final List<int[]> ROWS = List.of(new int[] {0, 1, 2}, new int[] {2, 1});

    private static final int LONGEST = 3;

    /** Of the greatest number: rounding in 16 bits stays below, and all that is wrong lies far above. */
    private static final double TOLERANCE = 0.02;

    private final TorchModule module;
    private final TorchInputs inputs;
    private final int padding;
    private final int width;
    private final String where;

    TorchTrial(TorchModule module, TorchInputs inputs, Model model, String where) {
        this.module = module;
        this.inputs = inputs;
        this.padding = model.architecture().padding();
        this.width = model.hiddenSize();
        this.where = where;
    }

    /**
     * Finds the output that vectors are read from.
     *
     * @throws ModelException when there is none, or the module cannot be run
     */
    TorchOutput output() {
        try {
            return run(
                    ROWS,
                    answers -> TorchOutput.choose(
                            answers.stream().map(TorchModule.Answer::given).toList(),
                            ROWS.size(),
                            LONGEST,
                            width,
                            where));
        } catch (EncoderException e) {
            throw new ModelException(
                    "%s: expected a module that takes any batch size and sequence length, for %s, found that 2 rows of 3 tokens fail: %s; trace it again with inputs of these names, in a batch of several rows"
                            .formatted(where, inputs.description(), e.getMessage()),
                    e);
        }
    }

    /**
     * Holds the second row in the batch against itself: in the same batch once more, and in one without padding.
     *
     * @throws ModelException when its vectors are others
     */
    void compare(TorchOutput output) {
        var first = secondRow(ROWS, output);
        if (differ(first, secondRow(ROWS, output))) {
            throw new ModelException(
                    "%s: expected the same vectors from each call, found others; trace it again after model.eval(), which turns dropout off"
                            .formatted(where));
        }
        if (differ(first, secondRow(List.of(ROWS.get(1), ROWS.get(1)), output))) {
            throw new ModelException(
                    "%s: expected vectors that do not depend on padding and on other rows, found some that do, for %s; trace it again with a module that takes input_ids and attention_mask by these names, on a batch that has padding (else the mask may be left out), without dynamic quantization"
                            .formatted(where, inputs.description()));
        }
    }

    /** @return [2, H] of the second row's tokens, or [H] */
    private float[] secondRow(List<int[]> rows, TorchOutput output) {
        var longest = rows.get(0).length;
        return run(rows, answers -> {
            var floats = output.find(answers, rows.size(), longest, width).floats();
            var numbers = new float[output.perToken() ? rows.get(1).length * width : width];
            floats.get(output.perToken() ? longest * width : width, numbers);
            return numbers;
        });
    }

    private <T> T run(List<int[]> rows, Function<List<TorchModule.Answer>, T> read) {
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var batch = NestedBatch.pack(memory, rows)) {
            var cells = new PaddedCells(inputs.padded(), padding);
            cells.fill(batch);
            return module.run(cells, read);
        }
    }

    private static boolean differ(float[] one, float[] other) {
        var greatest = 0f;
        var difference = 0f;
        for (var i = 0; i < one.length; i++) {
            greatest = Math.max(greatest, Math.abs(one[i]));
            difference = Math.max(difference, Math.abs(one[i] - other[i]));
        }
        return !(difference <= TOLERANCE * greatest);
    }
}
