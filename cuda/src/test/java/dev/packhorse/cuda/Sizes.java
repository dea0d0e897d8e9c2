package dev.packhorse.cuda;

import dev.packhorse.engine.transformer.TransformerShape;

/**
 * Shapes that are measured, and what an H100 could do at most with each: measured ceilings of 790 TFLOP/s in dense float16 and
 * 3.0 TB/s; docs/GPU.md says how they were come by.
 */
enum Sizes {
    MINILM(25e6, 25e6),
    BERT_BASE(4.5e6, 4.2e6),
    XLM_R_LARGE(1.28e6, 1.21e6),
    /** For a trial of the program itself. */
    TINY(25e6, 25e6);

    /** Operations a second of dense float16, with sums in float32. */
    static final double ARITHMETIC_CEILING = 790e12;

    private final double tokensOf128;
    private final double tokensOf512;

    /** Tokens a second at most, in rows of 128 and of 512. */
    Sizes(double tokensOf128, double tokensOf512) {
        this.tokensOf128 = tokensOf128;
        this.tokensOf512 = tokensOf512;
    }

    TransformerShape shape() {
        return switch (this) {
            case MINILM -> TransformerShape.bert(384, 6, 12, 1_536, 30_522, 512, 1e-12f);
            case BERT_BASE -> TransformerShape.bert(768, 12, 12, 3_072, 30_522, 512, 1e-12f);
            case XLM_R_LARGE ->
                TransformerShape.bert(1_024, 24, 16, 4_096, 250_002, 512, 1e-5f).withPadding(1);
            case TINY -> TransformerShape.bert(32, 2, 4, 64, 300, 512, 1e-12f);
        };
    }

    /** Tokens a second at most, in rows of that length. */
    double ceiling(int length) {
        return length <= 128 ? tokensOf128 : tokensOf512;
    }
}
