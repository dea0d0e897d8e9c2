package dev.packhorse.engine;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.TextPreparation;
import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.engine.tokenize.Tokenizer;

/** Puts a model's prompt in front of every text, a long text's pieces included. Its tokens count as the text's. */
final class PromptedTokenizer implements Tokenizer {

    private final Tokenizer tokenizer;
    private final TextPreparation texts;

    private PromptedTokenizer(Tokenizer tokenizer, TextPreparation texts) {
        this.tokenizer = tokenizer;
        this.texts = texts;
    }

    /**
     * The tokenizer of a model's texts.
     *
     * @param tokenizer becomes this object's to close; closed here where an exception is thrown
     * @throws ModelException when the prompt leaves no room for a text
     */
    static Tokenizer of(Model model, Tokenizer tokenizer) {
        if (model.texts().prompt().isEmpty()) {
            return tokenizer;
        }
        var prompted = new PromptedTokenizer(tokenizer, model.texts());
        try {
            prompted.checkRoom(model);
            return prompted;
        } catch (RuntimeException e) {
            prompted.close();
            throw e;
        }
    }

    private void checkRoom(Model model) {
        var prompt = tokenize("");
        if (prompt.length() + prompt.lostTokens() >= model.maxSeqLength()) {
            throw new ModelException(
                    "--prompt: expected fewer tokens than the %d that %s reads, special ones included, found %d in '%s'; choose another with --prompt or --prompt-name"
                            .formatted(
                                    model.maxSeqLength(),
                                    model.name(),
                                    prompt.length() + prompt.lostTokens(),
                                    model.texts().prompt()));
        }
    }

    @Override
    public TokenizedText tokenize(String text) {
        return tokenizer.tokenize(texts.apply(text));
    }

    @Override
    public int[] starts(String text) {
        return tokenizer.starts(text);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
