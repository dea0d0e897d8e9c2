package dev.packhorse.jobs.options;

import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import java.util.List;

/** The options of the command explain: those of the encoding that decide which path is taken. */
public final class ExplainOptions {

    /** Threads of the encoder that is tried. */
    public static final int THREADS = 1;

    /** All of them, in the order in which people read them. */
    public static final List<Option<?>> ALL = List.of(
            EncodeOptions.MODEL,
            EncodeOptions.REVISION,
            EncodeOptions.POOLING,
            EncodeOptions.NORMALIZE,
            EncodeOptions.PROMPT,
            EncodeOptions.PROMPT_NAME,
            EncodeOptions.TRUNCATE_DIM,
            EncodeOptions.ONNX_OUTPUT,
            EncodeOptions.PRECISION,
            EncodeOptions.PATH,
            EncodeOptions.MAX_BATCH_TOKENS,
            EncodeOptions.MAX_SEQ_LENGTH);

    private ExplainOptions() {}
}
