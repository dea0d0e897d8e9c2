package dev.packhorse.engine.synthetic;

/** Shapes that are tiny but for the vocabulary, which is the tokenizer's. */
final class TinySizes {

    static final Sizes BERT = new Sizes(Kind.BERT, 2, 32, 4, 48, 30_522, 40);

    static final Sizes XLM_ROBERTA = new Sizes(Kind.XLM_ROBERTA, 2, 32, 4, 48, 30_522, 42);

    private TinySizes() {}

    static Sizes of(Kind kind) {
        return switch (kind) {
            case BERT -> BERT;
            case XLM_ROBERTA -> XLM_ROBERTA;
        };
    }
}
