package dev.packhorse.jobs;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.jobs.embed.EmbedJob;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.options.OptionValues;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The embed job in this process, with the tiny model unless options say otherwise. */
public final class EmbedRun {

    private final Map<String, List<String>> given = new LinkedHashMap<>();

    private EmbedRun() {
        set("model", Fixtures.tinyBert().toString());
    }

    /** A job that writes to a folder. */
    public static EmbedRun to(Path output) {
        return new EmbedRun().set("output", output.toString());
    }

    /** Sets an option, in place of what it was. */
    public EmbedRun set(String name, String... texts) {
        given.put(name, List.of(texts));
        return this;
    }

    /** Names the input's files and their format. */
    public EmbedRun from(String format, Path... paths) {
        var texts = new ArrayList<String>();
        for (var path : paths) {
            texts.add(path.toString());
        }
        given.put("input", texts);
        return set("input-format", format);
    }

    /** The options of this run. */
    public OptionValues options() {
        return OptionValues.read(EmbedOptions.ALL, Map.of(), given);
    }

    /** Checks the options and runs. */
    public RunSummary run() {
        return run(new PrintStream(OutputStream.nullOutputStream()));
    }

    /** The same, and shows what it says meanwhile. */
    public RunSummary run(PrintStream out) {
        var spark = LocalSpark.session();
        return EmbedJob.of(options(), spark.sparkContext().getConf(), out).run(spark);
    }
}
