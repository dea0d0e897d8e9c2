package dev.packhorse.jobs.cli;

import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType.Shape;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Makes picocli's description of a command from a list of options, and reads its result back. */
final class CommandLineSpec {

    private CommandLineSpec() {}

    /** The options of one command; their texts are read by their own types later, not by picocli. */
    static CommandSpec of(String description, Collection<Option<?>> options) {
        var spec = withHelp(CommandSpec.create());
        spec.usageMessage().description(description).sortOptions(false);
        options.forEach(option -> spec.addOption(option(option)));
        return spec;
    }

    /** Adds {@code --help}. */
    static CommandSpec withHelp(CommandSpec spec) {
        return spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help.")
                .build());
    }

    private static OptionSpec option(Option<?> option) {
        var shape = option.type().shape();
        return OptionSpec.builder(option.flag())
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity(shape == Shape.FLAG ? "0..1" : "1")
                .fallbackValue("true")
                .paramLabel("<" + option.type().label() + ">")
                .hideParamSyntax(true)
                .description((option.help() + Defaults.sentence(option)).replace("%", "%%"))
                .build();
    }

    /** What was given, by option name. */
    static Map<String, List<String>> given(ParseResult parsed, Collection<Option<?>> options) {
        var given = new LinkedHashMap<String, List<String>>();
        for (var option : options) {
            if (parsed.hasMatchedOption(option.flag())) {
                given.put(option.name(), parsed.matchedOptionValue(option.flag(), List.<String>of()));
            }
        }
        return given;
    }
}
