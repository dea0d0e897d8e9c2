package dev.packhorse.engine;

import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.TokenizerJson;
import dev.packhorse.engine.tokenize.Tokenizer;

/** Counts the tokens of a model's prompt. */
final class PromptTokens {

    private PromptTokens() {}

    /**
     * How many tokens at the start of every row are the prompt's: those of the prompt alone, without its last one where
     * that is special. So sentence-transformers counts them (modules/transformer.py, _get_prompt_length). 0 where nobody
     * needs to know.
     *
     * @param tokenizer of the model's texts, which puts the prompt in front
     */
    static int of(Model model, Tokenizer tokenizer) {
        if (model.head().includePrompt() || model.texts().prompt().isEmpty()) {
            return 0;
        }
        var ids = tokenizer.tokenize("").ids();
        var special = ids.length > 0 && TokenizerJson.specialIds(model).contains(ids[ids.length - 1]);
        return special ? ids.length - 1 : ids.length;
    }
}
