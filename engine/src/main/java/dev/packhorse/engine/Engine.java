package dev.packhorse.engine;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.InUse;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Opened;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.TokenizerJson;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.plan.BatchPlanner;
import dev.packhorse.engine.tokenize.Chunker;
import dev.packhorse.engine.tokenize.HuggingFaceTokenizer;
import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.engine.tokenize.Tokenizer;
import java.util.List;
import java.util.Optional;

/**
 * An opened model: its tokenizer, its encoder and the memory they use. Thread-safe; open one per process and share it.
 */
public final class Engine implements AutoCloseable {

    private final Tokenizer tokenizer;
    private final EncoderInfo info;
    private final Embedder embedder;
    private final Opened opened;
    private final InUse inUse = new InUse("the engine");

    private Engine(Tokenizer tokenizer, EncoderInfo info, Embedder embedder, Opened opened) {
        this.tokenizer = tokenizer;
        this.info = info;
        this.embedder = embedder;
        this.opened = opened;
    }

    /**
     * Opens a model and runs one text through it, so that what is broken shows here and not in the middle of a job.
     *
     * @throws RuntimeException (ModelException, TokenizerException or EncoderException) with a message that names the
     *     file
     */
    public static Engine open(EngineSettings settings) {
        return open(Gpus.HERE.orCpu(settings), Encoders::open);
    }

    /**
     * Opens the path that all others are held to, for a few texts: float32, on ONNX Runtime where the model has an ONNX file,
     * else in plain Java loops; on PyTorch where there is nothing but a TorchScript file.
     *
     * @throws RuntimeException as {@link #open} does
     */
    public static Engine openReference(Model model) {
        var path = model.isTracedAlone() ? PathChoice.PYTORCH : PathChoice.SLOW;
        var settings = new EngineSettings(model, Precision.FLOAT32, path, model.maxSeqLength(), 1);
        return model.isTracedAlone()
                        || Paths.unmetBySlow(model, Precision.FLOAT32, settings.device())
                                .isEmpty()
                ? open(settings)
                : open(settings, (ignored, memory, tokenizer) -> Encoders.plain(model, tokenizer));
    }

    /** Opens an encoder; what it needs stays the engine's to close. */
    private interface Opener {
        Encoder open(EngineSettings settings, NativeMemory memory, Tokenizer tokenizer);
    }

    private static Engine open(EngineSettings settings, Opener opener) {
        var opened = new Opened();
        try {
            var model = settings.model();
            var memory = opened.add(NativeMemory.open(Long.MAX_VALUE));
            var tokenizer = opened.add(openTokenizer(model));
            var encoder = opened.add(opener.open(settings, memory, tokenizer));
            checkPrecision(encoder.info(), settings.precision());
            var embedder = new Embedder(
                    encoder,
                    new BatchPlanner(settings.maxBatchTokens(), encoder.info().padded()),
                    memory,
                    tokenizer.tokenize("one text to try the model with").ids());
            embedder.tryOut().ifPresent(reason -> {
                throw new EncoderException(model.name() + " was loaded but cannot encode: " + reason);
            });
            return new Engine(tokenizer, info(encoder, settings.placement()), embedder, opened);
        } catch (RuntimeException | Error e) {
            opened.closeAfter(e);
            throw e;
        }
    }

    /** Vectors and fingerprint would tell of different numbers. */
    static void checkPrecision(EncoderInfo info, Precision asked) {
        if (info.precision() != asked) {
            throw new IllegalStateException(
                    "expected an encoder that computes in %s, found %s".formatted(asked.id(), info));
        }
    }

    /**
     * Opens a model's tokenizer and closes it again, to find what is wrong with it before a job begins.
     *
     * @throws RuntimeException (ModelException or TokenizerException) with a message that names the file
     */
    public static void checkTokenizer(Model model) {
        openTokenizer(model).close();
    }

    /**
     * Checks that a model's texts can be cut into chunks of that many tokens.
     *
     * @throws RuntimeException (ModelException or TokenizerException) saying what does not fit; see {@link Chunker}
     */
    public static void checkChunks(Model model, int chunkTokens, int overlap) {
        try (var tokenizer = openTokenizer(model)) {
            new Chunker(tokenizer, chunkTokens, overlap).chunk("one text to try the cuts with");
        }
    }

    /**
     * Checks, without loading anything, that there can be such an encoder of a model. Whether a machine's CPU or GPU has what
     * it takes is found when an engine is opened there.
     *
     * @throws ModelException when the model rules it out
     */
    public static void checkChoice(Model model, PathChoice path, Precision precision, Device device) {
        Encoders.check(model, path, precision, device);
    }

    /** What {@link #checkChoice} would throw; empty where it would not. */
    public static Optional<String> ruledOut(Model model, PathChoice path, Precision precision, Device device) {
        return Encoders.ruledOut(model, path, precision, device);
    }

    /**
     * A model's tokenizer alone, with its prompt; the caller closes it.
     *
     * @throws RuntimeException (ModelException or TokenizerException) with a message that names the file
     */
    public static Tokenizer openTokenizer(Model model) {
        return PromptedTokenizer.of(
                model,
                HuggingFaceTokenizer.open(
                        TokenizerJson.text(model), model.tokenizer().location().toString(), model.maxSeqLength()));
    }

    private static EncoderInfo info(Encoder encoder, Placement placement) {
        return placement.reason().isEmpty() ? encoder.info() : encoder.info().because(placement.reason());
    }

    /** What the encoder is, why it was chosen, and what is to be said of where it is. */
    public EncoderInfo info() {
        return info;
    }

    /** See {@link Tokenizer#tokenize}; the model's prompt, if it has one, is put in front and counts as the text. */
    public TokenizedText tokenize(String text) {
        return tokenizer.tokenize(text);
    }

    /** What cuts long texts for this model; valid as long as the engine is open. See {@link Chunker}. */
    public Chunker chunker(int chunkTokens, int overlap) {
        return new Chunker(tokenizer, chunkTokens, overlap);
    }

    /**
     * See {@link Embedder#embed}.
     *
     * @throws dev.packhorse.engine.contract.BrokenEncoderException when the engine is of no use any more
     * @throws IllegalStateException when it is closed
     */
    public Embedded[] embed(List<int[]> rows, BatchListener listener) {
        return inUse.use(() -> embedder.embed(rows, listener));
    }

    /**
     * Waits for calls of {@link #embed} that are under way.
     *
     * @throws IllegalStateException when native memory was not given back
     */
    @Override
    public void close() {
        inUse.close(opened::close);
    }
}
