package dev.packhorse.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkSettingsTest {

    @Test
    void withoutSettingsSparkIsLocalAndQuiet() {
        var conf = SparkSettings.conf(Map.of());

        assertThat(conf.get("spark.master")).isEqualTo("local[*]");
        assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
    }

    @Test
    void onAClusterSparksOwnDefaultsStay() {
        var conf = SparkSettings.conf(Map.of("conf", List.of("spark.master=spark://host:7077")));

        assertThat(conf.contains("spark.driver.host")).isFalse();
        assertThat(conf.contains("spark.ui.enabled")).isFalse();
    }

    @Test
    void whatIsSetWinsOverWhatPackhorsePrefers() {
        var conf = SparkSettings.conf(
                Map.of("conf", List.of("spark.ui.enabled=true", "spark.sql.session.timeZone=Asia/Tokyo")));

        assertThat(conf.get("spark.ui.enabled")).isEqualTo("true");
        assertThat(conf.get("spark.sql.session.timeZone")).isEqualTo("Asia/Tokyo");
    }

    @Test
    void aPropertiesFileIsReadAsSparkReadsIt(@TempDir Path folder) throws Exception {
        var file = Files.writeString(
                folder.resolve("some.conf"), "# about\nspark.one  a b \nspark.two=c=d\n\nspark.three\te\n");

        var conf = SparkSettings.conf(
                Map.of("properties-file", List.of(file.toString()), "conf", List.of("spark.three=f=g")));

        assertThat(conf.get("spark.one")).isEqualTo("a b");
        assertThat(conf.get("spark.two")).isEqualTo("c=d");
        assertThat(conf.get("spark.three")).isEqualTo("f=g");
    }
}
