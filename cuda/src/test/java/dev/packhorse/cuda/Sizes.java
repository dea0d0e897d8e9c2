package dev.packhorse.cuda;

import dev.packhorse.engine.measure.GpuCeiling;
import dev.packhorse.engine.transformer.TransformerShape;

/** Shapes that are measured. */
enum Sizes {
    MINILM,
    BERT_BASE,
    XLM_R_LARGE,
    /** For a trial of the program itself. */
    TINY;

    TransformerShape shape() {
        return switch (this) {
            case MINILM -> TransformerShape.bert(384, 6, 12, 1_536, 30_522, 512, 1e-12f);
            case BERT_BASE -> TransformerShape.bert(768, 12, 12, 3_072, 30_522, 512, 1e-12f);
            case XLM_R_LARGE ->
                TransformerShape.bert(1_024, 24, 16, 4_096, 250_002, 512, 1e-5f).withPadding(1);
            case TINY -> TransformerShape.bert(32, 2, 4, 64, 300, 512, 1e-12f);
        };
    }

    /** What an H100 could do at most in rows of 128 or of 512; for the trial, anything. */
    GpuCeiling ceiling(int length) {
        return switch (this) {
            case MINILM, TINY -> GpuCeiling.MINILM;
            case BERT_BASE -> length <= 128 ? GpuCeiling.BERT_BASE_128 : GpuCeiling.BERT_BASE_512;
            case XLM_R_LARGE -> length <= 128 ? GpuCeiling.XLM_R_LARGE_128 : GpuCeiling.XLM_R_LARGE_512;
        };
    }
}
