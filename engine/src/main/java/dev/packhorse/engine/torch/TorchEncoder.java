package dev.packhorse.engine.torch;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.InUse;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFiles;
import dev.packhorse.engine.nested.NestedBatch;
import dev.packhorse.engine.padded.PaddedCells;
import dev.packhorse.engine.pooling.Pooler;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The path that takes any encoder that PyTorch traced, as it is: pads a nested batch to a rectangle, runs the module, and
 * pools what comes back. There to be compared with, and for models of which there is nothing else.
 *
 * <p>The module's forward takes 1 to 4 tensors, int64 [B, S]: see {@link TorchInputs}. What is read of a tensor, a tuple, a list
 * or a dict are token vectors [B, S, H], or vectors that the module pooled itself [B, H]: see {@link TorchOutput}. Thread-safe:
 * calls share one module, which computes in the caller's thread and at most {@code threads - 1} others that PyTorch keeps for
 * it.
 */
public final class TorchEncoder implements Encoder {

    private final TorchModule module;
    private final TorchInputs inputs;
    private final TorchOutput output;
    private final int padding;
    private final int width;
    private final Pooler pooler;
    private final EncoderInfo info;
    private final ConcurrentLinkedQueue<PaddedCells> idle = new ConcurrentLinkedQueue<>();
    private final InUse inUse = new InUse("the encoder");

    private TorchEncoder(
            TorchModule module, TorchInputs inputs, TorchOutput output, Model model, Pooler pooler, String reason) {
        this.module = module;
        this.inputs = inputs;
        this.output = output;
        this.padding = model.architecture().padding();
        this.width = model.hiddenSize();
        this.pooler = pooler;
        this.info = new EncoderInfo(
                        "pytorch-padded",
                        new Device.Cpu(),
                        Precision.FLOAT32,
                        "PyTorch " + TorchSupport.VERSION + "'s own",
                        model.dimension(),
                        true,
                        reason)
                .because(inputs.description())
                .because(
                        output.perToken()
                                ? "token vectors from " + output.name()
                                : output.name() + " pooled by the module");
    }

    /**
     * Loads a model's TorchScript file and tries it with a few tokens.
     *
     * @param pooler what carries out the model's head
     * @param threads how many threads one call may compute with, its own included
     * @param reason why this encoder was chosen
     * @throws ModelException when the file is missing or changed, is none that this PyTorch reads, or has inputs or outputs
     *     other than those above; when its vectors depend on the rows beside them, or differ from call to call
     * @throws EncoderException when there is no PyTorch in this process
     */
    public static TorchEncoder open(Model model, Pooler pooler, int threads, String reason) {
        var file = model.traced()
                .orElseThrow(() ->
                        new ModelException(model.name() + ": expected a model with a TorchScript file, found none"));
        var where = file.location().toString();
        try (var copies = ModelFiles.copy(model.torchscript())) {
            var archive = TorchArchive.read(where, copies.path(file));
            var inputs = TorchInputs.of(
                    archive.parameters(), where, model.architecture().padding());
            var module = TorchModule.load(where, copies.path(file), threads);
            try {
                var trial = new TorchTrial(module, inputs, model, where);
                var output = trial.output();
                checkPooledOnce(output, model, where);
                trial.compare(output);
                return new TorchEncoder(module, inputs, output, model, pooler, reason);
            } catch (RuntimeException e) {
                module.close();
                throw e;
            }
        }
    }

    /** What the module pooled is not pooled again; that it went through the model's dense layers too nobody can know. */
    private static void checkPooledOnce(TorchOutput output, Model model, String where) {
        var head = model.head();
        if (output.perToken() && head.poolings().isEmpty()) {
            throw new ModelException("%s: expected vectors that the module pooled, found the token vectors %s"
                    .formatted(where, output.name()));
        }
        if (!output.perToken() && (!head.files().isEmpty() || head.poolings().size() > 1)) {
            throw new ModelException(
                    "%s: expected token vectors for a model whose head is %s, found %s, which the module pooled already"
                            .formatted(where, head.description(), output.name()));
        }
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public float[] encode(NestedBatch batch) {
        return inUse.use(() -> {
            var polled = idle.poll();
            var cells = polled == null ? new PaddedCells(inputs.padded(), padding) : polled;
            var vectors = encode(batch, cells);
            idle.add(cells); // only now: what was too large for the memory that there is shall go
            return vectors;
        });
    }

    private float[] encode(NestedBatch batch, PaddedCells cells) {
        try {
            cells.fill(batch);
        } catch (ArithmeticException e) {
            throw new EncoderException(
                    "expected a batch that Java's buffers hold, found %d rows of %d tokens"
                            .formatted(batch.size(), batch.longest()),
                    e);
        }
        return module.run(cells, answers -> {
            var answer =
                    output.find(answers, batch.size(), batch.longest(), width).floats();
            return pooler.answered(batch, answer, output.perToken(), width);
        });
    }

    @Override
    public void close() {
        inUse.close(() -> {
            idle.clear();
            module.close();
        });
    }
}
