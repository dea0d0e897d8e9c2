package dev.packhorse.jobs.cli;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.tokenize.TokenizerException;
import dev.packhorse.jobs.bench.Bench;
import dev.packhorse.jobs.bench.BenchOptions;
import dev.packhorse.jobs.demo.Demo;
import dev.packhorse.jobs.demo.DemoOptions;
import dev.packhorse.jobs.embed.EmbedJob;
import dev.packhorse.jobs.embed.SparkWork;
import dev.packhorse.jobs.estimate.Plan;
import dev.packhorse.jobs.explain.Explain;
import dev.packhorse.jobs.export.ExportJob;
import dev.packhorse.jobs.export.ServeFlightJob;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.options.ExportOptions;
import dev.packhorse.jobs.options.PlanOptions;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.options.ServeFlightOptions;
import dev.packhorse.jobs.options.VersionsOptions;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.jobs.reindex.ReindexJob;
import dev.packhorse.jobs.reindex.VersionsJob;
import dev.packhorse.jobs.report.SummaryTable;
import dev.packhorse.udf.SparkVersion;
import dev.packhorse.udf.files.SparkModels;
import dev.packhorse.udf.options.Nearest;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.resident.ResidentEngines;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import scala.Tuple2;

/**
 * The commands that there are, from arguments to exit code. Not thread-safe: one at a time in a process, for a command makes
 * Spark's session and stops it.
 */
public final class Commands {

    private static final int DONE = ExitCode.DONE.number();
    private static final int FAILED = ExitCode.FAILED.number();
    private static final int BAD_OPTIONS = ExitCode.BAD_OPTIONS.number();

    private static final List<Command> ALL = List.of(
            new Command("embed", "Embed a corpus into Parquet.", EmbedOptions.ALL, onSpark(Commands::embed)),
            new Command(
                    "reindex",
                    "Keep a table of embeddings in step with a corpus: embed what changed, publish what passed an audit.",
                    ReindexOptions.ALL,
                    onSpark(ReindexJob::of)),
            new Command(
                    "versions",
                    "List what reindex has published, or go back to it.",
                    VersionsOptions.ALL,
                    onSpark(VersionsJob::of)),
            new Command(
                    "export",
                    "Send embeddings to a vector store, as Arrow: all of them first, then what changed.",
                    ExportOptions.all(),
                    onSpark(ExportJob::of)),
            new Command(
                    "serve-flight",
                    "Hand embeddings out to Arrow Flight clients, until interrupted.",
                    ServeFlightOptions.ALL,
                    onSpark(ServeFlightJob::of)),
            new Command(
                    "plan",
                    "Say what a corpus will cost, by a sample that is embedded on the spot.",
                    PlanOptions.ALL,
                    onSpark(Plan::of)),
            new Command(
                    "explain",
                    "Say what the model is and which path it takes on this machine; options as for embed.",
                    EmbedOptions.ALL,
                    Commands::explain),
            new Command(
                    "demo",
                    "Embed a real corpus from Maven jars and search it.",
                    DemoOptions.ALL,
                    onSpark(Demo::prepare)),
            new Command(
                    "bench",
                    "Measure the embed job against a bare loop over ONNX Runtime.",
                    BenchOptions.ALL,
                    onSpark(Bench::prepare)));

    private Commands() {}

    /** Carries out a command. */
    @FunctionalInterface
    private interface Action {
        void run(OptionValues options, SparkConf conf, PrintStream out);
    }

    /** Checks options without Spark and gives back what to do with it. */
    @FunctionalInterface
    private interface Preparation {
        SparkWork prepare(OptionValues options, SparkConf conf, PrintStream out);
    }

    /**
     * One of them.
     *
     * @param description one line
     * @param action what it does
     */
    private record Command(String name, String description, List<Option<?>> options, Action action) {

        CommandSpec spec() {
            return CommandLineSpec.of(
                    description,
                    Stream.concat(options.stream(), SparkSettings.ALL.stream()).toList());
        }
    }

    private static SparkWork embed(OptionValues options, SparkConf conf, PrintStream out) {
        var job = EmbedJob.of(options, conf, out);
        return spark -> out.println(System.lineSeparator() + SummaryTable.of(job.run(spark)));
    }

    private static void explain(OptionValues options, SparkConf conf, PrintStream out) {
        Explain.of(options, SparkModels.find(options, conf), out).run();
    }

    /**
     * Runs the command that the arguments name; lets nothing out but Errors.
     *
     * @param out gets what the command says
     * @param err gets why it ended otherwise than it should
     * @return the exit code, see {@link ExitCode}
     */
    public static int run(String[] arguments, PrintStream out, PrintStream err) {
        var line = new CommandLine(CommandLineSpec.withHelp(CommandSpec.create().name("packhorse")));
        line.setExpandAtFiles(false); // a prompt may begin with @
        line.getCommandSpec().usageMessage().description("Turns a corpus into embeddings on Apache Spark.");
        ALL.forEach(command -> line.addSubcommand(command.name(), command.spec()));
        try {
            var parsed = line.parseArgs(arguments);
            if (!parsed.hasSubcommand() || parsed.subcommand().isUsageHelpRequested()) {
                (parsed.hasSubcommand() ? parsed.subcommand().commandSpec().commandLine() : line).usage(out);
                return parsed.hasSubcommand() || parsed.isUsageHelpRequested() ? DONE : BAD_OPTIONS;
            }
            var command = ALL.stream()
                    .filter(c ->
                            c.name().equals(parsed.subcommand().commandSpec().name()))
                    .findFirst()
                    .orElseThrow();
            run(command, parsed.subcommand(), out);
            return DONE;
        } catch (ParameterException e) {
            err.println("packhorse: " + explain(e));
            return BAD_OPTIONS;
        } catch (JobException e) {
            err.println("packhorse: " + e.getMessage());
            return e.code().number();
        } catch (OptionException | ModelException | TokenizerException e) {
            err.println("packhorse: " + e.getMessage());
            return BAD_OPTIONS;
        } catch (Exception e) { // Spark, being Scala, throws checked exceptions without saying so
            err.println("packhorse: the job failed: " + FailureMessage.of(e));
            e.printStackTrace(err);
            return FAILED;
        }
    }

    private static void run(Command command, CommandLine.ParseResult parsed, PrintStream out) {
        SparkVersion.require();
        var conf = SparkSettings.conf(CommandLineSpec.given(parsed, SparkSettings.ALL));
        var options = OptionValues.read(
                command.options(), ofCommand(command, conf), CommandLineSpec.given(parsed, command.options()));
        command.action().run(options, conf, out);
    }

    /** Prepares, then works with a session of its own. */
    private static Action onSpark(Preparation preparation) {
        return (options, conf, out) -> {
            var work = preparation.prepare(options, conf, out);
            var spark = SparkSession.builder().config(conf).getOrCreate();
            try {
                work.run(spark);
            } finally {
                spark.stop();
                ResidentEngines.closeIdle();
            }
        };
    }

    /** Settings without those of other commands: one file may be for several. */
    private static Map<String, String> ofCommand(Command command, SparkConf conf) {
        var settings = asMap(conf);
        ALL.stream()
                .flatMap(other -> other.options().stream())
                .filter(option -> !command.options().contains(option))
                .map(Option::confKey)
                .forEach(settings::remove);
        return settings;
    }

    private static Map<String, String> asMap(SparkConf conf) {
        var map = new HashMap<String, String>();
        for (Tuple2<String, String> entry : conf.getAll()) {
            map.put(entry._1(), entry._2());
        }
        return map;
    }

    private static String explain(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return e.getMessage();
        }
        var word = unmatched.getUnmatched().get(0);
        var spec = e.getCommandLine().getCommandSpec();
        if (word.startsWith("-")) {
            var names = spec.options().stream()
                    .flatMap(option -> Arrays.stream(option.names()))
                    .filter(name -> name.startsWith("--"))
                    .toList();
            return "unknown option %s; the nearest is %s".formatted(word, Nearest.to(word, names));
        }
        var commands = e.getCommandLine().getSubcommands().keySet();
        return commands.isEmpty()
                ? "expected options, found '%s'".formatted(word)
                : "unknown command %s; the nearest is %s".formatted(word, Nearest.to(word, commands));
    }
}
