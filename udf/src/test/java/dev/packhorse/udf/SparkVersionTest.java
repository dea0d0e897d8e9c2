package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkVersionTest {

    @Test
    void theSparkOfThisBuildFits() {
        assertThatCode(SparkVersion::require).doesNotThrowAnyException();
    }

    @Test
    void anotherReleaseOfItFits() {
        assertThatCode(() -> SparkVersion.require(SparkBuild.SPARK + ".99-vendor1", SparkBuild.SCALA + ".99"))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"2.4.8, 2.11.12", "3.5.8, 2.13.8", "4.1.0, 2.12.18", "5.0.0, 3.3.1"})
    void anotherSparkOrAnotherScalaIsRefused(String spark, String scala) {
        assertThatThrownBy(() -> SparkVersion.require(spark, scala))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        ("expected Spark %s with Scala %s, for which this jar is built, found Spark %s with Scala %s;"
                                        + " README.md says, under \"On a cluster\", which jar is for which Spark")
                                .formatted(SparkBuild.SPARK, SparkBuild.SCALA, spark, scala));
    }
}
