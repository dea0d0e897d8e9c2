package dev.packhorse.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.bench.BenchOptions;
import dev.packhorse.jobs.demo.DemoOptions;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.options.PlanOptions;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.options.VersionsOptions;
import dev.packhorse.udf.options.Option;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line says before there is any Spark. */
class CommandsTest {

    /** What a call gave. */
    private record Call(int code, String out, String err) {

        static Call of(String... arguments) {
            var out = new ByteArrayOutputStream();
            var err = new ByteArrayOutputStream();
            var code = Commands.run(arguments, print(out), print(err));
            return new Call(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }

        private static PrintStream print(ByteArrayOutputStream bytes) {
            return new PrintStream(bytes, true, StandardCharsets.UTF_8);
        }
    }

    /** A call that must be refused, told in arguments separated by blanks. */
    private static void assertRefused(String arguments, String message) {
        assertThat(Call.of(arguments.split(" ")))
                .isEqualTo(new Call(2, "", "packhorse: " + message + System.lineSeparator()));
    }

    @ParameterizedTest
    @CsvSource({"embd, embed", "Demo, demo", "benchmark, bench"})
    void anUnknownCommandNamesTheNearest(String command, String nearest) {
        assertRefused(command, "unknown command %s; the nearest is %s".formatted(command, nearest));
    }

    @Test
    void anUnknownOptionNamesTheNearest() {
        assertRefused("embed --inptu x --output y", "unknown option --inptu; the nearest is --input");
        assertRefused("demo --fulll", "unknown option --fulll; the nearest is --full");
        assertRefused(
                "embed --conf spark.packhorse.windowrow=7 --input x --output y",
                "unknown option spark.packhorse.windowrow; the nearest is spark.packhorse.windowRows");
    }

    @Test
    void aWordThatIsNoOptionIsRefused() {
        assertRefused("embed texts.json", "expected options, found 'texts.json'");
    }

    @Test
    void anOptionWithoutItsValueIsRefused() {
        assertThat(Call.of("embed", "--output").err()).contains("--output");
        assertThat(Call.of("embed", "--output").code()).isEqualTo(2);
    }

    @Test
    void oneSourceMustBeNamed() {
        assertRefused("embed --output y", "expected one of --input, --table and --query, found none");
        assertRefused(
                "embed --input x --table t --output y",
                "expected one of --input, --table and --query, found [--input, --table]");
    }

    @Test
    void whatIsForFilesIsRefusedForTablesAndQueries() {
        assertRefused(
                "embed --table t --input-format csv --output y",
                "--input-format: expected with --input, found with --table");
        assertRefused(
                "embed --query q --input-option a=b --output y",
                "--input-option: expected with --input, found with --query");
    }

    @Test
    void aSchemaThatCannotBeReadIsRefused() {
        assertRefused(
                "embed --input x --output y --input-schema id:what",
                "--input-schema: expected columns such as 'id BIGINT, text STRING', found 'id:what'");
    }

    @Test
    void aLengthWithoutRoomForATextIsRefused() {
        assertRefused(
                "embed --input x --output y --max-seq-length 2",
                "classpath:all-minilm-l6-v2-tokenizer.json: expected a maximum length above its 2 special tokens, found 2; set --max-seq-length higher");
    }

    @Test
    void theOutputMustBeNamed() {
        assertRefused(
                "embed --input x",
                "--output is missing: The folder that gets the Parquet files and the manifest. (text)");
    }

    @Test
    void anIdComesFromTheSourceOrIsGenerated() {
        assertRefused(
                "embed --input x --output y --generate-ids --id-column key",
                "expected --id-column or --generate-ids, found both");
        assertRefused(
                "embed --input x --input-format text --output y",
                "--input-format text: expected --generate-ids, for lines have no ids, found none");
        assertRefused(
                "embed --input x --output y --mode append --generate-ids",
                "--mode append: expected ids from the source, found --generate-ids, which gives the same ids again");
        assertRefused(
                "embed --input x --output y --precision int8 --path slow",
                "--path slow: expected its conditions to be met, found: precision: expected float32, in which ONNX"
                        + " Runtime computes here, found int8");
    }

    @Test
    void aValueThatCannotBeReadIsRefused() {
        assertRefused(
                "embed --input x --output y --precision half",
                "--precision: expected one of auto, float32, bfloat16, float16, int8, found 'half'");
        assertRefused(
                "embed --input x --output y --generate-ids=perhaps",
                "--generate-ids: expected true or false, found 'perhaps'");
        assertRefused(
                "embed --input x --output y --window-rows 1 --window-rows 2",
                "--window-rows: expected an integer from 1 to 1000000, found '1,2'");
        assertRefused(
                "embed --input x --output y --conf spark.packhorse.windowRows=0",
                "spark.packhorse.windowRows: expected an integer from 1 to 1000000, found '0'");
    }

    @Test
    void aSparkSettingMustBeAPair() {
        assertRefused(
                "embed --input x --output y --conf spark.master",
                "--conf: expected key=value, may be repeated, found 'spark.master'");
    }

    @Test
    void aPropertiesFileMustBeReadable() {
        assertRefused(
                "embed --input x --output y --properties-file no/such.conf",
                "--properties-file no/such.conf: expected a readable file, found: java.nio.file.NoSuchFileException: no/such.conf");
    }

    @Test
    void theCommandLineWinsOverThePropertiesFile(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("some.conf"), "spark.packhorse.windowRows  none\n");
        var start = "embed --input x --output y --properties-file " + file;

        assertRefused(start, "spark.packhorse.windowRows: expected an integer from 1 to 1000000, found 'none'");
        assertRefused(
                start + " --conf spark.packhorse.windowRows=0",
                "spark.packhorse.windowRows: expected an integer from 1 to 1000000, found '0'");
    }

    @Test
    void aModelThatIsNotThereIsRefused() {
        assertRefused(
                "embed --input x --output y --model no/such/model",
                "no/such/model: expected a model folder or one of the embedded models (all-minilm-l6-v2, bge-small-en-v1.5), found neither");
    }

    @Test
    void aReindexSaysWhatDoesNotFit() {
        assertRefused("reindex --source x", "--target is missing: " + ReindexOptions.TARGET.help() + " (text)");
        assertRefused("reindex --target t", "expected one of --input, --table and --query, found none");
        assertRefused(
                "reindex --source x --input y --target t",
                "expected one of --source, --input, --table and --query, found --source and [--input]");
        assertRefused(
                "reindex --source x --target t --expire-after soon",
                "--expire-after: expected a time such as 45s, 30m, 12h or 7d, found 'soon'");
        assertRefused(
                "reindex --source x --target t --audit-min-cosine 2",
                "--audit-min-cosine: expected a number from -1 to 1, found '2'");
        assertRefused("reindex --source x --traget t", "unknown option --traget; the nearest is --target");
    }

    /** One file of settings may be for several commands. */
    @Test
    void whatIsForAnotherCommandIsNoMistake() {
        assertRefused(
                "versions --conf spark.packhorse.expireAfter=7d --target /a",
                "--target /a: expected a table such as vectors or catalog.database.vectors; for a folder set --target-format parquet");
        assertRefused(
                "versions --conf spark.packhorse.expireAftre=7d --target /a",
                "unknown option spark.packhorse.expireAftre; the nearest is spark.packhorse.warehouse");
    }

    @Test
    void theDemoNeedsItsCorpus() {
        assertRefused(
                "demo",
                "the demo's corpus: expected the folder of its jars in the system property packhorse.corpus.dir, found ''; start it with ./packhorse demo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h"})
    void helpListsTheCommands(String help) {
        var call = Call.of(help);

        assertThat(call.code()).isZero();
        assertThat(call.err()).isEmpty();
        assertThat(call.out()).contains("packhorse", "embed", "demo", "bench");
    }

    @Test
    void withoutACommandTheCommandsAreListed() {
        assertThat(Call.of()).isEqualTo(new Call(2, Call.of("--help").out(), ""));
    }

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of("embed", EmbedOptions.ALL),
                Arguments.of("reindex", ReindexOptions.ALL),
                Arguments.of("versions", VersionsOptions.ALL),
                Arguments.of("plan", PlanOptions.ALL),
                Arguments.of("demo", DemoOptions.ALL),
                Arguments.of("bench", BenchOptions.ALL));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpListsEachOptionOfACommandWithItsDefault(String command, List<Option<?>> options) {
        var call = Call.of(command, "--help");

        assertThat(call.code()).isZero();
        assertThat(call.err()).isEmpty();
        assertThat(call.out()).contains("packhorse " + command, "--conf", "--properties-file");
        var words = call.out().replaceAll("\\s+", " ");
        assertThat(options).allSatisfy(option -> {
            assertThat(words).contains(option.flag(), option.help());
            assertThat(words).contains("<" + option.type().label() + ">");
            assertThat(words).contains(option.help() + Defaults.sentence(option));
        });
    }

    @Test
    void everythingThatHelpListsIsDone() {
        assertThat(Call.of("--help").out()).doesNotContain("--version");
        assertThat(Call.of("embed", "--help").out()).doesNotContain("--version");
    }
}
