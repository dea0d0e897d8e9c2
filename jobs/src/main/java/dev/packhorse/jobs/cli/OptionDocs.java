package dev.packhorse.jobs.cli;

import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.options.ExportOptions;
import dev.packhorse.jobs.options.PlanOptions;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.options.VersionsOptions;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.udf.options.Option;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes docs/OPTIONS.md from the list of options; a test holds the file to it. Thread-safe. */
public final class OptionDocs {

    private OptionDocs() {}

    /**
     * The whole page, in Markdown.
     *
     * @param stores the kinds that export knows
     */
    public static String page(Collection<StoreKind> stores) {
        return """
                # Options

                Made from the lists of options in the code; do not edit. Each option has one name in three spellings:
                `--max-batch-tokens` on the command line, `spark.packhorse.maxBatchTokens` in a Spark configuration,
                `maxBatchTokens` as a parameter. The command line wins over the configuration. An unknown option, or one
                that cannot be read, stops the job before Spark does any work.

                ## `packhorse embed`

                %s

                ## `packhorse reindex`

                These, and of `embed` the options of the source, of the encoding, `--target-file-size` and `--sort`:

                %s

                ## `packhorse versions`

                %s

                ## `packhorse export`

                These, and of `embed` and `reindex` `--carry-columns`, `--warehouse`, `--deletes` and `--report`:

                %s

                %s
                ## `packhorse plan`

                These, and of `reindex` the options of the source and of the encoding:

                %s
                """.formatted(
                        table(EmbedOptions.ALL, List.of()),
                        table(ReindexOptions.ALL, EmbedOptions.ALL),
                        table(VersionsOptions.ALL, List.of()),
                        table(ExportOptions.OF_JOB, ofOthers()),
                        stores.stream().map(OptionDocs::store).collect(Collectors.joining()),
                        table(PlanOptions.ALL, ofOthers()));
    }

    private static List<Option<?>> ofOthers() {
        return Stream.concat(EmbedOptions.ALL.stream(), ReindexOptions.ALL.stream())
                .toList();
    }

    private static String store(StoreKind kind) {
        return kind.options().isEmpty() ? "" : """
                With `--to %s`:

                %s

                """.formatted(kind.example(), table(kind.options(), List.of()));
    }

    private static String table(List<Option<?>> options, List<Option<?>> known) {
        return """
                | option | value | default | what it does |
                | --- | --- | --- | --- |
                %s""".formatted(options.stream()
                .filter(option -> !known.contains(option))
                .map(OptionDocs::row)
                .collect(Collectors.joining("\n")));
    }

    private static String row(Option<?> option) {
        var fallback = Defaults.text(option);
        return "| `%s`<br>`%s` | %s | %s | %s |"
                .formatted(
                        option.flag(),
                        option.confKey(),
                        option.type().label(),
                        fallback.isEmpty() ? "" : "`" + fallback + "`",
                        option.help());
    }
}
