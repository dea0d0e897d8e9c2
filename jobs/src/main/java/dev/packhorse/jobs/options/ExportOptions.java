package dev.packhorse.jobs.options;

import dev.packhorse.stores.Stores;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.List;
import java.util.stream.Stream;

/** The options of the export job; what the kinds of stores can be told beside is their own. Constants, immutable. */
public final class ExportOptions {

    public static final Option<String> FROM = Option.of(
            "from",
            OptionType.text(),
            "What is exported: a table that reindex keeps, its folder of versions, or a folder that embed wrote.");

    public static final Option<String> TO = Option.of(
            "to",
            OptionType.text(),
            "The address of the store, such as postgresql://localhost:5432/database/table; see docs/EXPORT.md for all kinds.");

    public static final Option<String> MODEL_NAME = Option.of(
            "model-name",
            OptionType.text(),
            "The name of the model, for folders of Parquet files that no job of ours has written.");

    public static final Option<Boolean> FULL = Option.of(
            "full",
            OptionType.flag(),
            false,
            "Compare all rows with those of the store, although the store says what it is in step with.");

    public static final Option<Double> MAX_REMOVED = Option.of(
            "max-removed",
            OptionType.number(0, 1),
            0.5,
            "The largest share of the store's rows that one export may delete; looked at from 20 rows on.");

    public static final Option<Integer> TASK_ROWS = Option.of(
            "task-rows",
            OptionType.integer(1, 100_000_000),
            100_000,
            "Rows for a task, about; a store that confirms tasks as a whole confirms so many at a time.");

    public static final Option<Integer> VERIFY = Option.of(
            "verify",
            OptionType.integer(0, 100_000),
            0,
            "After the export, ask the store for the neighbours of so many vectors, and print recall@10 against exact search.");

    public static final Option<Double> MIN_RECALL = Option.of(
            "min-recall",
            OptionType.number(0, 1),
            0.0,
            "With --verify, the least recall@10; below it the exit code is 3.");

    public static final Option<String> SECRETS_FILE = Option.of(
            "secrets-file",
            OptionType.text(),
            "A file of lines such as postgresql.password=..., which only its owner can read; the environment comes first.");

    /** Those of the job, in the order in which people read them. */
    public static final List<Option<?>> OF_JOB = Stream.concat(
                    Stream.<Option<?>>of(
                            FROM,
                            ReindexOptions.WAREHOUSE,
                            TO,
                            EmbedOptions.CARRY_COLUMNS,
                            MODEL_NAME,
                            ReindexOptions.DELETES,
                            MAX_REMOVED,
                            FULL,
                            TASK_ROWS,
                            VERIFY,
                            MIN_RECALL,
                            SECRETS_FILE,
                            ReindexOptions.REPORT),
                    StoreOptions.ALL.stream())
            .toList();

    private ExportOptions() {}

    /** Those and what the kinds of stores on the class path can be told; some kinds share options. */
    public static List<Option<?>> all() {
        return Stream.concat(
                        OF_JOB.stream(),
                        Stores.kinds().stream().map(StoreKind::options).flatMap(List::stream))
                .distinct()
                .toList();
    }
}
