package dev.packhorse.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.Repository;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
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
        var given = OptionValues.read(EmbedOptions.ALL, settings, Map.of()).asText();
        assertThat(given).hasSize((int) settings.keySet().stream()
                .filter(key -> key.startsWith(Option.CONF_PREFIX))
                .count());
    }
}
