package dev.packhorse.jobs.bench;

import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.List;
import java.util.Map;

/** The options of the benchmark. Constants, immutable. */
public final class BenchOptions {

    public static final Option<Integer> GLOSSES =
            Option.of("glosses", OptionType.integer(1, 117_791), 2_400, "Short texts in the mix.");

    public static final Option<Integer> PASSAGES =
            Option.of("passages", OptionType.integer(1, 17_598), 600, "Long texts in the mix.");

    public static final Option<Integer> REPEAT = Option.of(
            "repeat", OptionType.integer(1, 1_000), 1, "How often each text occurs, at places drawn by chance.");

    public static final Option<Integer> RUNS = Option.of(
            "runs", OptionType.integer(1, 100), 5, "Measured pairs; the median of their ratios is the figure.");

    public static final Option<What> WHAT = Option.of(
            "measure",
            OptionType.choice(What.class, What::id),
            What.ALL,
            "The encoders against ONNX Runtime, whole jobs against their encoder, both of these; SQL against the job; how even"
                    + " the job's tasks are; or how fast stores take rows.");

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
            EncodeOptions.MAX_BATCH_TOKENS,
            EncodeOptions.WINDOW_ROWS,
            EncodeOptions.DEDUPE_CACHE);

    private BenchOptions() {}

    /** What is measured. */
    public enum What {
        ALL("all"),
        ENCODERS("encoders"),
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
