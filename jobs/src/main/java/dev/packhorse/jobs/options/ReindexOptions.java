package dev.packhorse.jobs.options;

import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The options of the reindex job beyond those of source and encoding. Constants, immutable. */
public final class ReindexOptions {

    public static final Option<List<String>> SOURCE = Option.of(
            "source",
            OptionType.texts(),
            "Where the texts are: a table of the session's catalogs, or paths, with globs where wished; may be repeated.");

    public static final Option<String> TARGET = Option.of(
            "target",
            OptionType.text(),
            "The table that is kept in step with the source, made where there is none; a folder for --target-format parquet.");

    public static final Option<TargetFormat> TARGET_FORMAT = Option.of(
            "target-format",
            OptionType.choice(TargetFormat.class, TargetFormat::id),
            TargetFormat.ICEBERG,
            "An Iceberg table, or a folder with a folder of Parquet files for each version and a pointer to the current one.");

    public static final Option<String> WAREHOUSE = Option.of(
            "warehouse",
            OptionType.text(),
            "packhorse-warehouse",
            "The folder of the Iceberg catalog for targets that do not begin with the name of a configured catalog.");

    public static final Option<String> WORK_FOLDER = Option.of(
            "work-folder",
            OptionType.text(),
            "The folder for what a run holds until it publishes. Default: _packhorse in the target's own folder.");

    public static final Option<Deletes> DELETES = Option.of(
            "deletes",
            OptionType.choice(Deletes.class, Deletes::id),
            Deletes.DELETE,
            "What becomes of rows whose id is no longer in the source: they are deleted, or kept as they are.");

    public static final Option<Boolean> RETRY_ERRORS = Option.of(
            "retry-errors",
            OptionType.flag(),
            false,
            "Embed texts again that have an error in the target, though they have not changed.");

    public static final Option<Integer> AUDIT_SAMPLE = Option.of(
            "audit-sample",
            OptionType.integer(0, 100_000),
            32,
            "Texts that the audit embeds again, one by one, in float32 on the reference path.");

    public static final Option<Double> AUDIT_MIN_COSINE = Option.of(
            "audit-min-cosine",
            OptionType.number(-1, 1),
            "The least cosine to the reference. Default: 0.9999 for float32, 0.999 for bfloat16, 0.98 for int8.");

    public static final Option<Double> AUDIT_NORM_TOLERANCE = Option.of(
            "audit-norm-tolerance",
            OptionType.number(0, 1),
            0.001,
            "How far from 1 a vector's length may be where the model normalizes.");

    public static final Option<Double> AUDIT_MAX_REMOVED = Option.of(
            "audit-max-removed",
            OptionType.number(0, 1),
            0.5,
            "The largest share of the target's rows that one run may delete.");

    public static final Option<Double> AUDIT_MAX_ERRORS = Option.of(
            "audit-max-errors",
            OptionType.number(0, 1),
            0.5,
            "The largest share of the rows that may have an error, those left out that had one before.");

    public static final Option<Double> DRIFT_MIN_MEDIAN = Option.of(
            "drift-min-median",
            OptionType.number(-1, 1),
            0.2,
            "The least median cosine between old and new vectors of changed texts; looked at from 20 texts on.");

    public static final Option<Double> DRIFT_MIN_P05 = Option.of(
            "drift-min-p05",
            OptionType.number(-1, 1),
            -1.0,
            "The same for the cosine that 5 percent of the changed texts stay below.");

    public static final Option<Integer> KEEP_SNAPSHOTS = Option.of(
            "keep-snapshots",
            OptionType.integer(1, 1_000_000),
            "After publishing, let go all but so many of the last snapshots; with --expire-after, as many stay at least.");

    public static final Option<Duration> EXPIRE_AFTER = Option.of(
            "expire-after",
            OptionType.duration(),
            "After publishing, let go snapshots that are older, with the vectors that only they have.");

    public static final Option<String> REPORT = Option.of(
            "report",
            OptionType.text(),
            "A file that gets one line of JSON about the run, whatever its end; - for stdout.");

    /** Those of reading a source, encoding excepted, that reindex shares with embed. */
    static final List<Option<?>> OF_SOURCES = List.of(
            EmbedOptions.INPUT,
            EmbedOptions.INPUT_FORMAT,
            EmbedOptions.INPUT_OPTION,
            EmbedOptions.INPUT_SCHEMA,
            EmbedOptions.TABLE,
            EmbedOptions.QUERY,
            EmbedOptions.ID_COLUMN,
            EmbedOptions.TEXT_COLUMN,
            EmbedOptions.CARRY_COLUMNS);

    /** All options of the reindex job, in the order in which people read them. */
    public static final List<Option<?>> ALL = Stream.of(
                    Stream.<Option<?>>of(SOURCE),
                    OF_SOURCES.stream(),
                    Stream.<Option<?>>of(
                            TARGET,
                            TARGET_FORMAT,
                            WAREHOUSE,
                            WORK_FOLDER,
                            DELETES,
                            RETRY_ERRORS,
                            AUDIT_SAMPLE,
                            AUDIT_MIN_COSINE,
                            AUDIT_NORM_TOLERANCE,
                            AUDIT_MAX_REMOVED,
                            AUDIT_MAX_ERRORS,
                            DRIFT_MIN_MEDIAN,
                            DRIFT_MIN_P05,
                            KEEP_SNAPSHOTS,
                            EXPIRE_AFTER,
                            REPORT,
                            EmbedOptions.REPORT_PAGE,
                            EmbedOptions.REPORT_SAMPLE,
                            EmbedOptions.REPORT_TEXTS,
                            EmbedOptions.TARGET_FILE_SIZE,
                            EmbedOptions.SORT),
                    EncodeOptions.ALL.stream())
            .<Option<?>>flatMap(options -> options)
            .toList();

    private ReindexOptions() {}

    /** What a target is. */
    public enum TargetFormat {
        ICEBERG("iceberg"),
        PARQUET("parquet");

        private final String id;

        TargetFormat(String id) {
            this.id = id;
        }

        /** The name that options use. */
        public String id() {
            return id;
        }
    }

    /** What becomes of rows that the source no longer has. */
    public enum Deletes {
        DELETE("delete"),
        KEEP("keep");

        private final String id;

        Deletes(String id) {
            this.id = id;
        }

        /** The name that options use. */
        public String id() {
            return id;
        }
    }
}
