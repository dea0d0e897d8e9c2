package dev.packhorse.jobs.cli;

import dev.packhorse.udf.options.Option;
import java.util.Collection;
import java.util.stream.Collectors;

/** Writes docs/OPTIONS.md from the list of options; a test holds the file to it. Thread-safe. */
public final class OptionDocs {

    private OptionDocs() {}

    /** The whole page, in Markdown. */
    public static String page(Collection<Option<?>> options) {
        return """
                # Options of `packhorse embed`

                Made from the list of options in the code; do not edit. Each option has one name in three spellings:
                `--max-batch-tokens` on the command line, `spark.packhorse.maxBatchTokens` in a Spark configuration,
                `maxBatchTokens` as a parameter. The command line wins over the configuration. An unknown option, or one
                that cannot be read, stops the job before Spark does any work.

                | option | value | default | what it does |
                | --- | --- | --- | --- |
                %s
                """.formatted(options.stream().map(OptionDocs::row).collect(Collectors.joining("\n")));
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
