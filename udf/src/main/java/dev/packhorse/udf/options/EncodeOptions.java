package dev.packhorse.udf.options;

import dev.packhorse.engine.DeviceChoice;
import dev.packhorse.engine.PathChoice;
import dev.packhorse.engine.PrecisionChoice;
import dev.packhorse.engine.model.EmbeddedModel;
import dev.packhorse.engine.model.ModelOptions;
import dev.packhorse.engine.model.Pooling;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The options of the encoding itself, whoever starts it. Constants, immutable. */
public final class EncodeOptions {

    public static final Option<String> MODEL = Option.of(
            "model",
            OptionType.text(),
            EmbeddedModel.ALL_MINILM_L6_V2.id(),
            "An embedded model's name, or where one is: a folder, a zip or tar.gz of one, an ONNX or TorchScript file, local or on any"
                    + " Hadoop file system; maven:NAME; classpath:FOLDER.");

    public static final Option<String> REVISION = Option.of(
            "revision",
            OptionType.text(),
            "What the model's files must be: the sha256:HEX that an earlier run's manifest says; others stop the job.");

    public static final Option<List<Pooling>> POOLING = Option.of(
            "pooling",
            OptionType.parsed(
                    "cls, mean, max, mean_sqrt_len, weightedmean or lasttoken, several joined by +",
                    ModelOptions::poolings,
                    poolings -> poolings.stream().map(Pooling::id).collect(Collectors.joining("+"))),
            "How token vectors become one; several are put side by side. Default: what the model says.");

    public static final Option<Boolean> NORMALIZE =
            Option.of("normalize", OptionType.flag(), "Whether vectors have length 1. Default: what the model says.");

    public static final Option<String> PROMPT =
            Option.of("prompt", OptionType.text(), "What stands in front of every text, white space included.");

    public static final Option<String> PROMPT_NAME = Option.of(
            "prompt-name",
            OptionType.text(),
            "Which of the model's own prompts stands in front of every text; none for no prompt. Default: what the model says.");

    public static final Option<Integer> TRUNCATE_DIM = Option.of(
            "truncate-dim",
            OptionType.integer(1, 1_000_000),
            "How many of a vector's first numbers are kept; scaled to length 1 again where the model does that.");

    public static final Option<String> ONNX_OUTPUT = Option.of(
            "onnx-output",
            OptionType.text(),
            "Which output of the ONNX file to read; it then runs as it is. Default: its token vectors.");

    public static final Option<PrecisionChoice> PRECISION = Option.of(
            "precision",
            OptionType.choice(PrecisionChoice.class, PrecisionChoice::id),
            PrecisionChoice.AUTO,
            "The numbers that the layers are computed in; auto: float16 on a GPU, bfloat16 where the driver's CPU has it, else"
                    + " float32.");

    public static final Option<PathChoice> PATH = Option.of(
            "path",
            OptionType.choice(PathChoice.class, PathChoice::id),
            PathChoice.AUTO,
            "Packed tokens through our own layers (fast), or padded ones through the ONNX file as it is (slow) or the TorchScript"
                    + " file (pytorch); auto: the first of them that can be.");

    public static final Option<DeviceChoice> DEVICE = Option.of(
            "device",
            OptionType.named(
                    DeviceChoice.LABEL,
                    Map.of(
                            "auto", "auto", "cpu", "cpu", "cuda", "cuda", "cuda:0", "cuda:0", "gpu", "cuda", "gpu:0",
                            "cuda:0"),
                    DeviceChoice::parse,
                    DeviceChoice::id),
            new DeviceChoice.Auto(),
            "Where the layers are computed: on the CPU, on all GPUs that a task has (cuda), on GPU N alone; auto: on GPUs where"
                    + " there are some that can be used.");

    public static final Option<Integer> MAX_BATCH_TOKENS = Option.of(
            "max-batch-tokens",
            OptionType.integer(1, 1_000_000),
            "Token budget of a batch, padding included; a single longer row goes alone. Default: 512 on the CPU, 32768 on a GPU.");

    public static final Option<Integer> MAX_SEQ_LENGTH = Option.of(
            "max-seq-length",
            OptionType.integer(1, 1_000_000),
            "Tokens of a text that the model reads, special tokens included; default and most: what the model says.");

    public static final Option<Integer> WINDOW_ROWS = Option.of(
            "window-rows",
            OptionType.integer(1, 1_000_000),
            8_192,
            "Rows that a task holds, sorts by length and packs at a time; bounds its memory.");

    public static final Option<Long> DEDUPE_CACHE = Option.of(
            "dedupe-cache",
            OptionType.bytes(),
            32L << 20,
            "Heap an executor spends on vectors of recent texts, so that a text that comes again is not encoded again.");

    public static final Option<OnError> ON_ERROR = Option.of(
            "on-error",
            OptionType.choice(OnError.class, OnError::id),
            OnError.ROW,
            "What a row without a vector becomes: a row with its error, or the end of the job.");

    public static final Option<EmptyText> EMPTY_TEXT = Option.of(
            "empty-text",
            OptionType.choice(EmptyText.class, EmptyText::id),
            EmptyText.ERROR,
            "What a text becomes that is empty or white space: an error, or the vector that the model gives it.");

    public static final Option<LongText> LONG_TEXT = Option.of(
            "long-text",
            OptionType.choice(LongText.class, LongText::id),
            LongText.TRUNCATE,
            "What a text becomes that is longer than the model reads: cut at its end, chunks, or an error.");

    public static final Option<Integer> CHUNK_TOKENS = Option.of(
            "chunk-tokens",
            OptionType.integer(1, 1_000_000),
            "With --long-text chunk, the most tokens of a chunk, special tokens included; default and most: max-seq-length.");

    public static final Option<Integer> CHUNK_OVERLAP = Option.of(
            "chunk-overlap",
            OptionType.integer(0, 1_000_000),
            0,
            "With --long-text chunk, tokens of a chunk's end that the next one repeats; less than half of a chunk.");

    public static final Option<ChunkOutput> CHUNK_OUTPUT = Option.of(
            "chunk-output",
            OptionType.choice(ChunkOutput.class, ChunkOutput::id),
            ChunkOutput.ROWS,
            "With --long-text chunk, a row for each chunk, or one for each text with the mean of its chunks' vectors.");

    /** All of them, in the order in which people read them. */
    public static final List<Option<?>> ALL = List.of(
            MODEL,
            REVISION,
            POOLING,
            NORMALIZE,
            PROMPT,
            PROMPT_NAME,
            TRUNCATE_DIM,
            ONNX_OUTPUT,
            PRECISION,
            PATH,
            DEVICE,
            MAX_BATCH_TOKENS,
            MAX_SEQ_LENGTH,
            WINDOW_ROWS,
            DEDUPE_CACHE,
            ON_ERROR,
            EMPTY_TEXT,
            LONG_TEXT,
            CHUNK_TOKENS,
            CHUNK_OVERLAP,
            CHUNK_OUTPUT);

    private EncodeOptions() {}

    /** What a row without a vector becomes. */
    public enum OnError {
        ROW("row"),
        FAIL("fail");

        private final String id;

        OnError(String id) {
            this.id = id;
        }

        /** The name that options use. */
        public String id() {
            return id;
        }
    }

    /** What a text without content becomes. */
    public enum EmptyText {
        ERROR("error"),
        ENCODE("encode");

        private final String id;

        EmptyText(String id) {
            this.id = id;
        }

        /** The name that options use. */
        public String id() {
            return id;
        }
    }

    /** What a text becomes that is longer than the model reads. */
    public enum LongText {
        TRUNCATE("truncate"),
        CHUNK("chunk"),
        ERROR("error");

        private final String id;

        LongText(String id) {
            this.id = id;
        }

        /** The name that options use. */
        public String id() {
            return id;
        }
    }

    /** What the chunks of a text become. */
    public enum ChunkOutput {
        ROWS("rows"),
        MEAN("mean");

        private final String id;

        ChunkOutput(String id) {
            this.id = id;
        }

        /** The name that options use. */
        public String id() {
            return id;
        }
    }
}
