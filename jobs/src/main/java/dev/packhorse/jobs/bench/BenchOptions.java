package dev.packhorse.jobs.bench;

import dev.packhorse.engine.synthetic.Shape;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The options of the benchmark. Constants, immutable. */
public final class BenchOptions {

    public static final Option<Integer> GLOSSES =
            Option.of("glosses", OptionType.integer(1, 117_791), 2_400, "Short texts in the mix.");

    public static final Option<Integer> PASSAGES =
            Option.of("passages", OptionType.integer(1, 17_598), 600, "Long texts in the mix.");

    public static final Option<Shape> SHAPE = Option.of(
            "shape",
            OptionType.choice(Shape.class, Shape::id),
            "In place of --model, random weights in the shape of a well-known model, for speed does not depend on their values.");

    public static final Option<Lengths> LENGTHS = Option.of(
            "lengths",
            OptionType.parsed(Lengths.LABEL, Lengths::parse, Lengths::text),
            "How long texts are, in tokens. Default: corpus, that of the input or else the demo's; fixed:128 where batch sizes"
                    + " are measured, and fixed:256, the longest of each batch, where the share of padding is.");

    public static final Option<Integer> ROWS = Option.of(
            "rows",
            OptionType.integer(1, 10_000_000),
            512,
            "Texts of made lengths, and the most that are taken of --input.");

    public static final Option<Integer> BATCH_SIZE = Option.of(
            "batch-size", OptionType.integer(1, 100_000), 32, "Rows in a batch where rows are batched as they arrive.");

    public static final Option<List<Integer>> BATCH_SIZES = Option.of(
            "batch-sizes",
            OptionType.parsed("whole numbers above 0 with commas between", BenchOptions::sizes, BenchOptions::text),
            List.of(1, 8, 16, 32, 64, 128, 256),
            "With --measure batch-size, the sizes.");

    public static final Option<List<BenchEncoder>> ENCODERS = Option.of(
            "encoders",
            OptionType.parsed(
                    "some of %s with commas between".formatted(BenchEncoder.text(List.of(BenchEncoder.values()))),
                    BenchEncoder::parse,
                    BenchEncoder::text),
            List.of(BenchEncoder.values()),
            "Which are measured; those that do not run here are named, with the reason.");

    public static final Option<BenchEncoder> BASELINE = Option.of(
            "baseline",
            OptionType.choice(BenchEncoder.class, BenchEncoder::id),
            BenchEncoder.ONNX,
            "The one that all others are compared with; where it does not run here, the first that does.");

    public static final Option<String> PROFILE = Option.of(
            "profile",
            OptionType.text(),
            "Profile each encoder, too: a table by operator, and the file of that name gets a trace for Chrome's tracing page or"
                    + " Perfetto.");

    public static final Option<String> RESULTS =
            Option.of("results", OptionType.text(), "The file that gets all figures as JSON.");

    public static final Option<Integer> REPEAT = Option.of(
            "repeat", OptionType.integer(1, 1_000), 1, "How often each text occurs, at places drawn by chance.");

    public static final Option<Integer> RUNS = Option.of(
            "runs", OptionType.integer(1, 100), 5, "Measured pairs; the median of their ratios is the figure.");

    public static final Option<What> WHAT = Option.of(
            "measure",
            OptionType.choice(What.class, What::id),
            What.ALL,
            "Encoders side by side, whole jobs against their encoder, both of these (all); encoders by the share of padding or by"
                    + " batch size; the tokenizer; SQL against the job; how even the job's tasks are (balance); or how fast stores take rows.");

    public static final Option<Integer> EXPORT_ROWS = Option.of(
            "export-rows",
            OptionType.integer(1, 100_000_000),
            100_000,
            "With --measure export, random vectors that are exported.");

    public static final Option<Integer> EXPORT_DIMENSION = Option.of(
            "export-dimension",
            OptionType.integer(1, 100_000),
            384,
            "With --measure export, how many numbers each has.");

    public static final Option<List<String>> EXPORT_TO = Option.of(
            "export-to",
            OptionType.texts(),
            List.of(),
            "With --measure export, the address of a store; %d in it becomes the number of the run; may be repeated.");

    public static final Option<Map<String, String>> EXPORT_OPTION = Option.of(
            "export-option",
            OptionType.pairs(),
            Map.of(),
            "With --measure export, an option of export for the kinds of stores that know it.");

    /** All of them. */
    public static final List<Option<?>> ALL = List.of(
            WHAT,
            SHAPE,
            LENGTHS,
            EmbedOptions.INPUT,
            EmbedOptions.INPUT_FORMAT,
            EmbedOptions.INPUT_OPTION,
            EmbedOptions.INPUT_SCHEMA,
            EmbedOptions.TEXT_COLUMN,
            ROWS,
            ENCODERS,
            BASELINE,
            BATCH_SIZE,
            BATCH_SIZES,
            PROFILE,
            RESULTS,
            EmbedOptions.REPORT_PAGE,
            EXPORT_ROWS,
            EXPORT_DIMENSION,
            EXPORT_TO,
            EXPORT_OPTION,
            GLOSSES,
            PASSAGES,
            REPEAT,
            RUNS,
            EncodeOptions.MODEL,
            EncodeOptions.PRECISION,
            EncodeOptions.PATH,
            EncodeOptions.DEVICE,
            EncodeOptions.MAX_BATCH_TOKENS,
            EncodeOptions.WINDOW_ROWS,
            EncodeOptions.DEDUPE_CACHE);

    private BenchOptions() {}

    private static List<Integer> sizes(String written) {
        return Arrays.stream(written.split(",", -1))
                .map(size -> {
                    var value = Integer.parseInt(size.strip());
                    if (value < 1 || value > 100_000) {
                        throw new IllegalArgumentException(size);
                    }
                    return value;
                })
                .distinct()
                .toList();
    }

    private static String text(List<Integer> sizes) {
        return sizes.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** What is measured. */
    public enum What {
        ALL("all"),
        ENCODERS("encoders"),
        PADDING("padding"),
        BATCH_SIZE("batch-size"),
        TOKENIZER("tokenizer"),
        JOBS("jobs"),
        SQL("sql"),
        EXPORT("export"),
        BALANCE("balance");

        private final String id;

        What(String id) {
            this.id = id;
        }

        /** The name that options use. */
        public String id() {
            return id;
        }
    }
}
