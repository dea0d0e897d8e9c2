package dev.packhorse.jobs.bench;

import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.TokenizerJson;
import dev.packhorse.engine.tokenize.DjlTokenizer;
import dev.packhorse.engine.tokenize.HuggingFaceTokenizer;
import dev.packhorse.engine.tokenize.Tokenizer;

/** The ways to a text's ids that are measured; all give the same. */
enum BenchTokenizer {
    /** What all others are compared with. */
    DJL("djl", "DJL's HuggingFaceTokenizer.encode: ids, masks, words, strings and offsets"),
    LIBRARY("library", "the same library, asked for ids alone"),
    PACKHORSE("packhorse", "as jobs call it: the library for what no table or vocabulary knows");

    private final String id;
    private final String description;

    BenchTokenizer(String id, String description) {
        this.id = id;
        this.description = description;
    }

    String id() {
        return id;
    }

    /** What it is, for people. */
    String description() {
        return description;
    }

    /** Opens it without a prompt; the caller closes it. */
    Tokenizer open(Model model) {
        var json = TokenizerJson.text(model);
        var source = model.tokenizer().location().toString();
        return switch (this) {
            case DJL -> DjlTokenizer.open(json, model.maxSeqLength());
            case LIBRARY -> HuggingFaceTokenizer.openLibrary(json, source, model.maxSeqLength());
            case PACKHORSE -> HuggingFaceTokenizer.open(json, source, model.maxSeqLength());
        };
    }
}
