package dev.packhorse.jobs.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.estimate.TextSample.Sampled;
import dev.packhorse.jobs.options.PlanOptions;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a corpus costs, told from a part of it. */
class EstimateTest {

    private static final Pattern TOKENS = Pattern.compile("(?m)^tokens +about ([\\d,]+);");

    @TempDir
    Path folder;

    private static List<String> texts() {
        var random = new Random(5);
        var texts = new ArrayList<String>();
        for (var i = 0; i < 2_000; i++) {
            // a tenth of the texts has most of the tokens
            texts.add("word ".repeat(i % 10 == 0 ? 20 + random.nextInt(30) : 1 + random.nextInt(5)) + i);
        }
        return texts;
    }

    private String plan(Path input, String... more) {
        var given = new LinkedHashMap<String, List<String>>();
        given.put("source", List.of(input.toString()));
        given.put("input-format", List.of("json"));
        given.put("model", List.of(Fixtures.tinyBert().toString()));
        for (var i = 0; i < more.length; i += 2) {
            given.put(more[i], List.of(more[i + 1]));
        }
        var out = new ByteArrayOutputStream();
        var spark = LocalSpark.session();
        Plan.of(
                        OptionValues.read(PlanOptions.ALL, Map.of(), given),
                        spark.sparkContext().getConf(),
                        new PrintStream(out, true, StandardCharsets.UTF_8))
                .run(spark);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aSampleTellsTheTokensOfAll() {
        var input = TextFiles.json(folder.resolve("texts.jsonl"), texts());
        var job = EmbedRun.to(folder.resolve("out")).from("json", input).run();

        var plan = plan(input, "sample-rows", "200", "within", "1h");

        var tokens = TOKENS.matcher(plan);
        assertThat(tokens.find()).as(plan).isTrue();
        assertThat(Double.parseDouble(tokens.group(1).replace(",", "")))
                .isCloseTo((double) job.counts().get(Count.TOKENS), Percentage.withPercentage(5));
        assertThat(plan)
                .contains("source       2,000 rows, ")
                .contains("; sample: 200")
                .contains("lengths ")
                .contains("padding      0.0% of what is computed; if padded: ")
                .contains("encoder      onednn-nested on cpu")
                .containsPattern("speed        [\\d,]+ tokens/s of each of 2 slots, measured now")
                .containsPattern("encoder time \\d+:\\d\\d on one slot \\(a core, or a GPU\\), \\d+:\\d\\d on 2")
                .containsPattern("job          about \\d+:\\d\\d on 2 slots, with its start and without writing")
                .containsPattern("executors    1 of 2 slots for 1:00:00: \\d slots");
    }

    @Test
    void aCorpusWithoutTextsCostsNothing() {
        var blank = new ArrayList<String>();
        blank.add(" ");
        blank.add(null);

        assertThat(plan(TextFiles.json(folder.resolve("texts.jsonl"), blank)))
                .contains("source       2 rows, ")
                .contains("tokens       none: no text of the sample can be encoded");
    }

    @Test
    void paddingOfThePaddedPathIsTold() {
        var input = TextFiles.json(folder.resolve("texts.jsonl"), texts());

        assertThat(plan(input, "path", "slow", "sample-rows", "100"))
                .contains("encoder      onnxruntime-padded on cpu")
                .doesNotContain("padding      0.0% of");
    }

    /** Sampled texts that are shorter than the others tell of those all the same. */
    @Test
    void tokensFollowTheBytesOfAllTexts() {
        var sampled = List.of(sampled(10), sampled(20), sampled(30));
        var sample = new TextSample(300, 300L * 40, sampled);

        assertThat(sample.tokens()).isCloseTo(300 * (40 / 5.0 + 2), Percentage.withPercentage(0.001));
    }

    /** Five bytes a token, and two more. */
    private static Sampled sampled(int bytes) {
        return new Sampled("x".repeat(bytes), new int[] {bytes / 5 + 2}, false);
    }

    @Test
    void slotsAndSecondsFollowFromWhatWasMeasured() {
        var sample =
                new TextSample(1_000_000, 100_000_000, List.of(new Sampled("x".repeat(100), new int[] {22}, false)));
        var estimate = new Estimate(sample, Optional.of(new Calibration("some", false, 4, 1_000, 0.002, 10)));

        assertThat(estimate.tokens()).isEqualTo(22_000_000);
        assertThat(estimate.encoderSeconds()).isEqualTo(22_000);
        assertThat(estimate.jobSeconds(4)).isEqualTo(10 + 44_000 / 4.0);
        assertThat(estimate.slotsWithin(Duration.ofSeconds(1_010))).hasValue(44);
        assertThat(estimate.slotsWithin(Duration.ofDays(10))).hasValue(1);
        assertThat(estimate.slotsWithin(Duration.ofSeconds(10))).isEmpty();
        assertThat(estimate.line())
                .isEqualTo(
                        "about 22,000,000 tokens, 3:03:30 on the 4 slots of this session (1,000 tokens/s each, measured now on a sample of 1 texts)");
        assertThat(Estimate.time(67)).isEqualTo("1:07");
    }
}
