package dev.packhorse.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.Repository;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfFilesTest {

    static Stream<Path> files() throws IOException {
        try (var files = Files.list(Repository.root().resolve("conf"))) {
            return files.filter(file -> file.toString().endsWith(".conf")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everySettingOfAFileInConfIsUnderstood(Path file) {
        var conf = SparkSettings.conf(Map.of(SparkSettings.PROPERTIES_FILE.name(), List.of(file.toString())));

        var settings = Arrays.stream(conf.getAll()).collect(Collectors.toMap(entry -> entry._1(), entry -> entry._2()));
        var given = OptionValues.read(options(file), settings, Map.of()).asText();
        assertThat(given).hasSize((int) settings.keySet().stream()
                .filter(key -> key.startsWith(Option.CONF_PREFIX))
                .count());
    }

    /** A file has the name of the job that it is for. */
    private static List<Option<?>> options(Path file) {
        return switch (file.getFileName().toString()) {
            case "embed.conf", "gpu.conf" -> EmbedOptions.ALL;
            case "reindex.conf" -> ReindexOptions.ALL;
            case "spark-defaults.conf" -> List.of();
            default -> throw new AssertionError("which job is %s for?".formatted(file));
        };
    }

    static Stream<String> scheduled() {
        return Stream.of("reindex.cron", "reindex-task.sh");
    }

    @ParameterizedTest
    @MethodSource("scheduled")
    void whatASchedulerStartsHasOptionsThatThereAre(String name) throws IOException {
        var text = Files.readString(Repository.root().resolve("conf").resolve(name));
        var flags = Pattern.compile("(?<= )--[a-z-]+(?= )")
                .matcher(text.substring(text.indexOf(" reindex --") + 1))
                .results()
                .map(MatchResult::group)
                .toList();

        assertThat(flags).contains("--source", "--target", "--report");
        var known = Stream.concat(ReindexOptions.ALL.stream(), SparkSettings.ALL.stream())
                .map(Option::flag)
                .toList();
        assertThat(known).containsAll(flags);
    }

    @ParameterizedTest
    @EnumSource
    void theGuideOfExportListsTheExitCodes(ExitCode code) throws IOException {
        var guide = Files.readString(Repository.root().resolve("docs/EXPORT.md"));

        assertThat(guide).contains("| %d | ".formatted(code.number()));
    }

    @ParameterizedTest
    @EnumSource(names = "STORE_FAILED", mode = EnumSource.Mode.EXCLUDE)
    void aScheduledTaskListsTheExitCodes(ExitCode code) throws IOException {
        var task = Files.readString(Repository.root().resolve("conf/reindex-task.sh"));
        var guide = Files.readString(Repository.root().resolve("docs/REINDEX.md"));

        assertThat(task).containsPattern("(?m)^#   %d  \\w".formatted(code.number()));
        assertThat(guide).contains("| %d | %s |".formatted(code.number(), code.meaning()));
    }

    @Test
    void onnxRuntimeForGpusHasOneVersionEverywhere() throws IOException {
        var pom = Files.readString(Repository.root().resolve("pom.xml"));
        var version = Pattern.compile("<onnxruntime.version>(.*?)</onnxruntime.version>")
                .matcher(pom);
        var build = Pattern.compile("<onnxruntime.cuda13.version>\\$\\{onnxruntime.version}-(.*?)<")
                .matcher(pom);
        assertThat(version.find() && build.find()).isTrue();

        var cuda13 = "onnxruntime-%s-%s-linux-x86_64-gpu.jar".formatted(version.group(1), build.group(1));
        assertThat(Files.readString(Repository.root().resolve("conf/gpu.conf"))).contains(cuda13);
        assertThat(Files.readString(Repository.root().resolve("docs/GPU.md")))
                .contains(cuda13, "onnxruntime_gpu-%s.jar".formatted(version.group(1)));
    }

    @Test
    void icebergHasOneVersionEverywhere() throws IOException {
        var pom = Files.readString(Repository.root().resolve("pom.xml"));
        var version =
                Pattern.compile("<iceberg.version>(.*?)</iceberg.version>").matcher(pom);
        assertThat(version.find()).isTrue();

        for (var file : List.of(
                "conf/reindex-task.sh",
                "docs/REINDEX.md",
                "jobs/src/main/java/dev/packhorse/jobs/targets/IcebergName.java")) {
            assertThat(Files.readString(Repository.root().resolve(file)))
                    .as(file)
                    .contains(version.group(1));
        }
    }
}
