package dev.packhorse.jobs.reindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.jobs.output.OutputFolder;
import dev.packhorse.jobs.targets.Targets;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs that publish nothing: readers see what they saw, and it is said why and what to do. */
class UnpublishedReindexTest extends ReindexFixture {

    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

    private Dataset<Row> look(TargetFormat format, String where) {
        return switch (format) {
            case ICEBERG -> spark.sql(where);
            case PARQUET -> spark.read().parquet(where);
        };
    }

    @ParameterizedTest
    @EnumSource
    void anAuditThatFailsPublishesNothingAndLeavesItToLookAt(TargetFormat format) {
        fill(30);
        var before = reindex(format).report().path("snapshot").asText();
        texts.put(3, "another text");

        assertThatThrownBy(() -> reindex(format, "precision", "int8", "audit-min-cosine", "1"))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.AUDIT_FAILED))
                .hasMessageStartingWith(
                        "the audit failed, and nothing was published: reference: expected a cosine of at least 1.0 to float32, one by one, on the reference path, for 30 texts, found 0.99")
                .hasMessageContaining("; ids ")
                .hasMessageContaining("; what was written can be looked at: ");

        var report = report();
        assertThat(report.path("exit_code").asInt()).isEqualTo(3);
        assertThat(report.path("status").asText()).isEqualTo("audit failed");
        assertThat(report.path("audit").path("reference").path("passed").asBoolean(true))
                .isFalse();
        assertThat(report.path("audit").path("rows").path("passed").asBoolean()).isTrue();
        var left = report.path("left").asText();
        assertThat(look(format, left).count()).isEqualTo(30);
        assertThat(open(format).published().orElseThrow().version()).isEqualTo(before);
        assertThat(held(format)).isEmpty();

        var again = reindex(format, "precision", "int8");

        assertThat(again.count("encoded_texts")).isEqualTo(30); // what failed is not believed
        assertThat(again.count("rows_taken_over")).isZero();
        assertThatThrownBy(() -> look(format, left).count()).isNotNull();
        assertInStep(format, "precision", "int8");
    }

    @ParameterizedTest
    @EnumSource
    void aSourceThatIsSuddenlyEmptyEmptiesNoTarget(TargetFormat format) {
        fill(40);
        reindex(format);
        texts.keySet().removeIf(id -> id >= 10);

        assertThatThrownBy(() -> reindex(format))
                .hasMessageContaining(
                        "removed rows: expected at most 50 percent of the rows to go, found 30 of 40; if the source is whole, set --audit-max-removed");
        assertThat(rows(format)).hasSize(40);

        reindex(format, "audit-max-removed", "0.8");
        assertThat(rows(format)).hasSize(10);
    }

    @ParameterizedTest
    @EnumSource
    void aSourceWhoseTextsAreSuddenlyNullSpoilsNoTarget(TargetFormat format) {
        fill(40);
        reindex(format);
        texts.replaceAll((id, text) -> id < 30 ? null : text);

        assertThatThrownBy(() -> reindex(format))
                .hasMessageContaining(
                        "errors: expected at most 50 percent of the rows to have an error that had none, found 30 of 40; if the source is right, set --audit-max-errors");
        assertThat(published(format).filter("error IS NOT NULL").count()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whileAnotherRunIsAtWorkItIsRefused(TargetFormat format) {
        fill(2);
        reindex(format);
        texts.put(0, "another text");
        var folder = OutputFolder.open(spark, open(format).workFolder());

        try (var other = folder.stage("another-run", true, NOWHERE)) {
            assertThat(other).isNotNull();
            assertThatThrownBy(() -> reindex(format))
                    .isInstanceOfSatisfying(
                            JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_BUSY))
                    .hasMessage(
                            "--target %s: expected no other run at work on it, found another-run; start again when that has ended",
                            open(format));
            assertThat(report().path("exit_code").asInt()).isEqualTo(5);
        }
        reindex(format);
        assertInStep(format);
    }

    @ParameterizedTest
    @EnumSource
    void whoIsOvertakenKeepsWhatItEmbedded(TargetFormat format) {
        fill(20);
        reindex(format);
        var marks = open(format).published().orElseThrow().marks();
        var out = new ByteArrayOutputStream();
        var meddling = new PrintStream(out, true, StandardCharsets.UTF_8) {
            @Override
            public PrintStream printf(Locale locale, String text, Object... values) {
                if (text.startsWith("embedded ")) {
                    var rows = open(format).published().orElseThrow().rows();
                    var quicker =
                            Targets.open(spark, options(format), rows.schema()).candidate("quicker");
                    quicker.replace(rows, marks);
                    quicker.publish();
                }
                return super.printf(locale, text, values);
            }
        };
        texts.replaceAll((id, text) -> text + " revised");
        var conf = spark.sparkContext().getConf();

        assertThatThrownBy(() -> ReindexJob.of(options(format), conf, meddling).run(spark))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_BUSY))
                .hasMessageEndingWith("; start again, nothing is embedded twice");
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("What was embedded is kept in ");
        var again = reindex(format);

        assertThat(again.count("rows_taken_over")).isEqualTo(20);
        assertThat(again.count("encoded_texts")).isZero();
        assertInStep(format);
    }

    @Test
    void optionsThatDoNotFitAreReportedToo() {
        assertThatThrownBy(() -> reindex(TargetFormat.ICEBERG, "target", "/a/folder"))
                .hasMessageContaining("--target /a/folder: ");

        assertThat(report().path("exit_code").asInt()).isEqualTo(2);
        assertThat(report().path("error").asText()).startsWith("--target /a/folder: expected a table ");
    }

    @Test
    void whatAnotherModelEmbeddedIsNotTakenOver() {
        fill(10);
        var folder = OutputFolder.open(spark, workFolderOfNothing());
        folder.stage("dead-run", true, NOWHERE).leave();

        var said = reindex(TargetFormat.PARQUET);

        assertThat(said.count("encoded_texts")).isEqualTo(10);
        assertThat(held(TargetFormat.PARQUET)).isEmpty();
    }

    private String workFolderOfNothing() {
        return folder.resolve("vectors/_packhorse").toString();
    }

    @ParameterizedTest
    @EnumSource
    void aSourceWithoutRowsIsInStepToo(TargetFormat format) {
        var said = reindex(format);

        assertThat(said.count("source_rows")).isZero();
        assertThat(rows(format)).isEmpty();
        assertThat(reindex(format).report().path("status").asText()).isEqualTo("unchanged");
    }
}
