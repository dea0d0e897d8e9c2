package dev.packhorse.jobs.bench;

import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.List;

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
            "The encoders against ONNX Runtime, whole jobs against their encoder, both of these; SQL against the job; or how"
                    + " even the job's tasks are.");

    /** All of them. */
    public static final List<Option<?>> ALL = List.of(
            WHAT,
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
