package dev.packhorse.udf.resident;

import dev.packhorse.engine.Engine;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.tokenize.Tokenizer;
import java.util.HashMap;
import java.util.Map;

/**
 * The tokenizers of this process that are used without their models' encoders: each is opened once, shared by all tasks, and
 * closed when the process ends. Thread-safe.
 */
public final class ResidentTokenizers {

    private static final Map<Model, Tokenizer> TOKENIZERS = new HashMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ResidentTokenizers::closeAll, "packhorse-close-tokenizers"));
    }

    private ResidentTokenizers() {}

    /**
     * The tokenizer of a model; not the caller's to close.
     *
     * @throws RuntimeException (ModelException or TokenizerException) when it cannot be opened
     */
    public static synchronized Tokenizer of(Model model) {
        return TOKENIZERS.computeIfAbsent(model, Engine::openTokenizer);
    }

    private static synchronized void closeAll() {
        TOKENIZERS.values().forEach(Tokenizer::close);
        TOKENIZERS.clear();
    }
}
