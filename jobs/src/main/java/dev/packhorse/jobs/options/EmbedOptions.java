package dev.packhorse.jobs.options;

import dev.packhorse.engine.output.OutputPrecision;
import dev.packhorse.jobs.output.FloatEncoding;
import dev.packhorse.jobs.output.OutputMode;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The options of the embed job beyond {@link EncodeOptions}: what it reads, how it sorts, what it writes. Constants,
 * immutable.
 */
public final class EmbedOptions {

    public static final Option<List<String>> INPUT =
            Option.of("input", OptionType.texts(), "Path of the texts, with globs where wished; may be repeated.");

    public static final Option<String> INPUT_FORMAT = Option.of(
            "input-format",
            OptionType.text(),
            "parquet",
            "parquet, json (lines), csv, text (a row a line), or any format that Spark reads.");

    public static final Option<Map<String, String>> INPUT_OPTION =
            Option.of("input-option", OptionType.pairs(), Map.of(), "An option of Spark's reader for that format.");

    public static final Option<String> INPUT_SCHEMA = Option.of(
            "input-schema",
            OptionType.text(),
            "The source's columns, such as 'id BIGINT, text STRING'; saves JSON a pass to find them out.");

    public static final Option<String> TABLE =
            Option.of("table", OptionType.text(), "A table of the session's catalogs, in place of --input.");

    public static final Option<String> QUERY =
            Option.of("query", OptionType.text(), "A SQL query whose rows are read, in place of --input.");

    public static final Option<String> ID_COLUMN =
            Option.of("id-column", OptionType.text(), "id", "The column of ids: strings or integers of any width.");

    public static final Option<Boolean> GENERATE_IDS = Option.of(
            "generate-ids",
            OptionType.flag(),
            false,
            "Number the rows (int64, unique within the output, not the same from run to run).");

    public static final Option<String> TEXT_COLUMN =
            Option.of("text-column", OptionType.text(), "text", "The column of texts.");

    public static final Option<List<String>> CARRY_COLUMNS = Option.of(
            "carry-columns",
            OptionType.texts(),
            List.of(),
            "A column that goes to the output as it is; may be repeated.");

    public static final Option<SortScope> SORT = Option.of(
            "sort",
            OptionType.choice(SortScope.class, SortScope::id),
            SortScope.WINDOW,
            "Sort by length within a task's window, or within whole tasks, where all rows of a text meet and it is encoded once.");

    public static final Option<String> OUTPUT =
            Option.of("output", OptionType.text(), "The folder that gets the Parquet files and the manifest.");

    public static final Option<OutputMode> MODE = Option.of(
            "mode",
            OptionType.choice(OutputMode.class, OutputMode::id),
            OutputMode.ERROR,
            "Where the output exists already: stop, replace it once the new rows are there, or add to it.");

    public static final Option<Boolean> RESUME = Option.of(
            "resume",
            OptionType.flag(),
            false,
            "Go on where a run with the same options died or failed: what its tasks had completed is not embedded again.");

    public static final Option<Trigger> TRIGGER = Option.of(
            "trigger",
            OptionType.choice(Trigger.class, Trigger::id),
            Trigger.BATCH,
            "batch: all of the input; available-now: the files of --input that no start with this --checkpoint has embedded.");

    public static final Option<String> CHECKPOINT = Option.of(
            "checkpoint",
            OptionType.text(),
            "With --trigger available-now, the folder in which Spark keeps which files were embedded.");

    public static final Option<Long> TARGET_FILE_SIZE = Option.of(
            "target-file-size",
            OptionType.bytes(),
            256L << 20,
            "Size that output files are brought to, about; 0: a file a task.");

    public static final Option<FloatEncoding> FLOAT_ENCODING = Option.of(
            "float-encoding",
            OptionType.choice(FloatEncoding.class, FloatEncoding::id),
            FloatEncoding.PLAIN,
            "Parquet encoding of the vectors; byte-stream-split is smaller, but Spark's vectorized reader cannot read it.");

    public static final Option<OutputPrecision> OUTPUT_PRECISION = Option.of(
            "output-precision",
            OptionType.choice(OutputPrecision.class, OutputPrecision::id),
            OutputPrecision.FLOAT32,
            "Numbers that vectors are stored in: an array of float32, or bytes as sentence-transformers quantizes.");

    public static final Option<String> REPORT_PAGE = Option.of(
            "report-page",
            OptionType.text(),
            "A file that gets a page about the run, with charts and some of the texts; any browser opens it, without a network.");

    public static final Option<Integer> REPORT_SAMPLE = Option.of(
            "report-sample",
            OptionType.integer(0, 2_000),
            500,
            "With --report-page, how many of the vectors are on its map; 0: none, and no texts.");

    public static final Option<Boolean> REPORT_TEXTS = Option.of(
            "report-texts",
            OptionType.flag(),
            true,
            "With --report-page, whether the map shows the beginnings of texts; false: their ids alone.");

    /** What a run's page is like; what a run makes does not depend on it. */
    public static final List<Option<?>> OF_PAGES = List.of(REPORT_PAGE, REPORT_SAMPLE, REPORT_TEXTS);

    /** All options of the embed job, in the order in which people read them. */
    public static final List<Option<?>> ALL = Stream.concat(
                    Stream.<Option<?>>of(
                            INPUT,
                            INPUT_FORMAT,
                            INPUT_OPTION,
                            INPUT_SCHEMA,
                            TABLE,
                            QUERY,
                            ID_COLUMN,
                            GENERATE_IDS,
                            TEXT_COLUMN,
                            CARRY_COLUMNS,
                            OUTPUT,
                            MODE,
                            RESUME,
                            TRIGGER,
                            CHECKPOINT,
                            TARGET_FILE_SIZE,
                            FLOAT_ENCODING,
                            OUTPUT_PRECISION,
                            SORT,
                            REPORT_PAGE,
                            REPORT_SAMPLE,
                            REPORT_TEXTS),
                    EncodeOptions.ALL.stream())
            .toList();

    private EmbedOptions() {}

    /** Over what rows are sorted by length. */
    public enum SortScope {
        WINDOW("window"),
        GLOBAL("global");

        private final String id;

        SortScope(String id) {
            this.id = id;
        }

        /** The name that options use. */
        public String id() {
            return id;
        }
    }

    /** What a start of the job embeds. */
    public enum Trigger {
        BATCH("batch"),
        AVAILABLE_NOW("available-now");

        private final String id;

        Trigger(String id) {
            this.id = id;
        }

        /** The name that options use. */
        public String id() {
            return id;
        }
    }
}
