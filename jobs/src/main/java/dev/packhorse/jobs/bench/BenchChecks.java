package dev.packhorse.jobs.bench;

import dev.packhorse.engine.model.Model;
import dev.packhorse.jobs.bench.BenchOptions.What;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Holds the options of a benchmark against each other before anything is measured, for that takes long. */
final class BenchChecks {

    private static final Set<What> OF_ENCODERS = EnumSet.of(What.ALL, What.ENCODERS, What.PADDING, What.BATCH_SIZE);

    /** Those that find tables and charts. */
    private static final Set<What> WITH_FIGURES =
            EnumSet.of(What.ALL, What.ENCODERS, What.PADDING, What.BATCH_SIZE, What.TOKENIZER);

    private BenchChecks() {}

    /** @throws OptionException when they do not fit */
    static void check(OptionValues options) {
        if (options.isGiven(BenchOptions.SHAPE) && options.isGiven(EncodeOptions.MODEL)) {
            throw new OptionException("expected --model or --shape, found both");
        }
        var what = options.get(BenchOptions.WHAT);
        checkGivenWith(options, what, OF_ENCODERS, BenchOptions.PROFILE);
        checkGivenWith(options, what, WITH_FIGURES, BenchOptions.RESULTS);
        checkGivenWith(options, what, WITH_FIGURES, EmbedOptions.REPORT_PAGE);
        if (what == What.PADDING) {
            PaddingBench.check(options);
        }
        checkBaseline(options, what);
        checkFile(options, BenchOptions.PROFILE);
        checkFile(options, BenchOptions.RESULTS);
    }

    private static void checkGivenWith(OptionValues options, What what, Set<What> fitting, Option<?> option) {
        if (options.isGiven(option) && !fitting.contains(what)) {
            throw new OptionException("%s: expected with --measure %s, found --measure %s"
                    .formatted(
                            option.flag(),
                            fitting.stream().map(What::id).collect(Collectors.joining(" or ")),
                            what.id()));
        }
    }

    private static void checkBaseline(OptionValues options, What what) {
        var measured = options.get(BenchOptions.ENCODERS).stream()
                .filter(encoder -> what != What.BATCH_SIZE || encoder.ofArrival())
                .toList();
        var baseline = options.get(BenchOptions.BASELINE);
        if (options.isGiven(BenchOptions.BASELINE) && !measured.contains(baseline)) {
            throw new OptionException("--baseline: expected one of those that are measured (%s), found %s"
                    .formatted(BenchEncoder.text(measured), baseline.id()));
        }
    }

    private static void checkFile(OptionValues options, Option<String> option) {
        options.find(option).map(Path::of).ifPresent(file -> {
            var folder = file.toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder) || Files.isDirectory(file)) {
                throw new OptionException("%s: expected a file in a folder that can be written to, found %s"
                        .formatted(option.flag(), file));
            }
        });
    }

    /** @throws OptionException when texts are to be longer than what the model reads */
    static void check(OptionValues options, Model model) {
        options.find(BenchOptions.LENGTHS).ifPresent(lengths -> {
            if (lengths instanceof Lengths.Made made && made.longest() > model.maxSeqLength()) {
                throw new OptionException("--lengths: expected at most %d tokens, which is what %s reads, found %s"
                        .formatted(model.maxSeqLength(), model.name(), made.text()));
            }
        });
    }
}
