package dev.packhorse.jobs.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a target promises, of either format. */
class TargetTest {

    private static final SparkSession SPARK = LocalSpark.session();
    private static final StructType SCHEMA =
            StructType.fromDDL("id SMALLINT, embedding ARRAY<FLOAT>, text_hash STRING, error STRING");

    @TempDir
    Path folder;

    private OptionValues options(TargetFormat format) {
        var given = new LinkedHashMap<String, List<String>>();
        given.put("target-format", List.of(format.id()));
        switch (format) {
            case ICEBERG -> {
                given.put("target", List.of("some.vectors"));
                given.put("warehouse", List.of(folder.toString()));
            }
            case PARQUET ->
                given.put("target", List.of(folder.resolve("vectors").toString()));
        }
        return OptionValues.read(ReindexOptions.ALL, Map.of(), given);
    }

    private Target open(TargetFormat format) {
        return Targets.open(SPARK, options(format), SCHEMA);
    }

    private static Dataset<Row> rows(String... values) {
        return SPARK.sql(
                "SELECT CAST(id AS SMALLINT) id, array(CAST(n AS FLOAT)) embedding, hash text_hash, error FROM VALUES "
                        + String.join(",", values) + " AS t(id, n, hash, error)");
    }

    private static Dataset<Row> none() {
        return rows("(0, 0, '', '')").filter("false");
    }

    private static List<String> shown(Dataset<Row> rows) {
        return rows.selectExpr("concat_ws(' ', id, embedding[0], text_hash, error)").collectAsList().stream()
                .map(row -> row.getString(0))
                .sorted()
                .toList();
    }

    private List<String> published(TargetFormat format) {
        return open(format).published().map(found -> shown(found.rows())).orElse(List.of());
    }

    private static String replace(Target target, String run, Dataset<Row> rows) {
        var candidate = target.candidate(run);
        candidate.replace(rows, Map.of(Marks.FINGERPRINT, "print of " + run, Marks.RUN, run));
        return candidate.publish();
    }

    @ParameterizedTest
    @EnumSource
    void nobodySeesACandidateBeforeItIsPublished(TargetFormat format) {
        var target = open(format);
        assertThat(target.published()).isEmpty();
        var candidate = target.candidate("one");
        candidate.replace(rows("(1, 1, 'a', null)"), Map.of(Marks.FINGERPRINT, "print"));

        assertThat(published(format)).isEmpty();
        assertThat(shown(candidate.rows())).containsExactly("1 1.0 a");

        var version = candidate.publish();

        assertThat(published(format)).containsExactly("1 1.0 a");
        var found = open(format).published().orElseThrow();
        assertThat(found.version()).isEqualTo(version);
        assertThat(found.marks()).containsEntry(Marks.FINGERPRINT, "print");
    }

    @ParameterizedTest
    @EnumSource
    void changesTouchNoOtherRow(TargetFormat format) {
        replace(
                open(format),
                "one",
                rows("(1, 1, 'a', null)", "(2, 2, 'b', null)", "(3, 3, 'c', null)", "(null, 0, null, 'x')"));
        var candidate = open(format).candidate("two");

        candidate.merge(
                new Changes(
                        rows("(2, 20, 'bb', null)", "(4, 4, 'd', null)"),
                        rows("(3, 0, '', '')").select("id"),
                        Optional.empty()),
                Map.of(Marks.FINGERPRINT, "print"));

        assertThat(shown(candidate.rows())).containsExactly("0.0 x", "1 1.0 a", "2 20.0 bb", "4 4.0 d");
        candidate.publish();
        candidate.discard(); // comes too late
        var third = open(format).candidate("three");
        third.merge(
                new Changes(
                        none(), none().select("id"), Optional.of(rows("(null, 0, null, 'y')", "(null, 0, null, 'z')"))),
                Map.of());
        third.publish();
        assertThat(published(format)).containsExactly("0.0 y", "0.0 z", "1 1.0 a", "2 20.0 bb", "4 4.0 d");
    }

    @ParameterizedTest
    @EnumSource
    void whoIsOvertakenIsRefusedAndChangesNothing(TargetFormat format) {
        replace(open(format), "one", rows("(1, 1, 'a', null)"));
        var slow = open(format);
        var candidate = slow.candidate("slow");
        candidate.merge(new Changes(rows("(1, 2, 'b', null)"), none().select("id"), Optional.empty()), Map.of());
        replace(open(format), "quick", rows("(1, 3, 'c', null)"));

        assertThatThrownBy(candidate::publish)
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_BUSY))
                .hasMessageContaining("--target ")
                .hasMessageEndingWith("start again, nothing is embedded twice");
        candidate.discard();
        candidate.discard();
        assertThat(published(format)).containsExactly("1 3.0 c");
    }

    @ParameterizedTest
    @EnumSource
    void whatAnAuditRefusedCanBeLookedAtUntilALaterRunPublishes(TargetFormat format) {
        var candidate = open(format).candidate("one");
        candidate.replace(rows("(1, 1, 'a', null)"), Map.of(Marks.FINGERPRINT, "print"));
        var where = candidate.leave();

        open(format).clearUnfinished();

        assertThat(published(format)).isEmpty();
        assertThat(shown(look(format, where))).containsExactly("1 1.0 a");
        replace(open(format), "two", rows("(2, 2, 'b', null)"));
        assertThatThrownBy(() -> look(format, where).count()).isNotNull();
    }

    private static Dataset<Row> look(TargetFormat format, String where) {
        return switch (format) {
            case ICEBERG -> SPARK.sql(where);
            case PARQUET -> SPARK.read().parquet(where);
        };
    }

    @ParameterizedTest
    @EnumSource
    void whatARunLeftThatDiedIsCleared(TargetFormat format) {
        replace(open(format), "one", rows("(1, 1, 'a', null)"));
        var dead = open(format).candidate("dead");
        dead.replace(rows("(2, 2, 'b', null)"), Map.of());

        open(format).clearUnfinished();

        assertThatThrownBy(() -> dead.rows().count()).isNotNull();
        assertThat(published(format)).containsExactly("1 1.0 a");
        assertThat(open(format).versions()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void versionsGoByNumberAndAge(TargetFormat format) {
        for (var run : List.of("one", "two", "three")) {
            replace(open(format), run, rows("(1, 1, '" + run + "', null)"));
        }
        assertThat(open(format).versions().stream()
                        .map(version -> version.marks().get(Marks.RUN)))
                .containsExactly("three", "two", "one");

        assertThat(open(format).expire(new Expiry(OptionalInt.empty(), Optional.of(Duration.ofDays(1)))))
                .isZero();
        open(format).expire(new Expiry(OptionalInt.of(2), Optional.empty()));
        assertThat(open(format).versions().stream()
                        .map(version -> version.marks().get(Marks.RUN)))
                .containsExactly("three", "two");
        open(format).expire(new Expiry(OptionalInt.empty(), Optional.of(Duration.ZERO)));
        assertThat(open(format).versions()).hasSize(1);
        assertThat(published(format)).containsExactly("1 1.0 three");
    }

    @Test
    void aTableThatWasCompactedStillSaysOfWhichModelItsVectorsAre() {
        replace(open(TargetFormat.ICEBERG), "one", rows("(1, 1, 'a', null)"));
        replace(open(TargetFormat.ICEBERG), "two", rows("(1, 1, 'a', null)"));
        var name = open(TargetFormat.ICEBERG).toString();
        SPARK.sql("CALL %s.system.rewrite_data_files(table => '%s', options => map('rewrite-all', 'true'))"
                .formatted(name.substring(0, name.indexOf('.')), name));

        var marks = open(TargetFormat.ICEBERG).published().orElseThrow().marks();
        assertThat(marks).containsEntry(Marks.FINGERPRINT, "print of two");

        var compacted = SPARK.sql("SELECT snapshot_id FROM %s.refs WHERE name = 'main'".formatted(name))
                .first()
                .getLong(0);
        open(TargetFormat.ICEBERG).expire(new Expiry(OptionalInt.of(1), Optional.empty()));
        assertThat(open(TargetFormat.ICEBERG).published().orElseThrow().marks())
                .containsEntry(Marks.FINGERPRINT, "print of two");

        // the compacted table is gone back to when its own run's snapshot is no longer there: nobody knows of which
        // model it is
        replace(open(TargetFormat.ICEBERG), "three", rows("(1, 1, 'a', null)"));
        open(TargetFormat.ICEBERG).rollBack(String.valueOf(compacted));
        assertThat(open(TargetFormat.ICEBERG).published().orElseThrow().marks()).isEmpty();
    }

    @Test
    void aTableIsFoundByTheNameThatARunSays() {
        var plain = IcebergName.of(SPARK.newSession(), "some.vectors", folder.toString());

        assertThat(plain).hasToString("packhorse.some.vectors");
        assertThat(IcebergName.of(SPARK.newSession(), plain.toString(), folder.toString()))
                .isEqualTo(plain);
    }

    @Test
    void aNameThatFitsNoTableIsRefused() {
        var options = OptionValues.read(ReindexOptions.ALL, Map.of(), Map.of("target", List.of("/a/folder")));

        assertThatThrownBy(() -> Targets.prepare(options, new SparkConf(false)))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--target /a/folder: expected a table such as vectors or catalog.database.vectors; for a folder set --target-format parquet");
    }

    @Test
    void aWarehouseIsForTables() {
        var options = OptionValues.read(
                ReindexOptions.ALL,
                Map.of(),
                Map.of("target", List.of("x"), "target-format", List.of("parquet"), "warehouse", List.of("y")));

        assertThatThrownBy(() -> Targets.prepare(options, new SparkConf(false)))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--warehouse: expected with --target-format iceberg, found with parquet, whose --target is a folder");
    }

    @Test
    void withoutIcebergItSaysWhatToAdd() {
        var options = OptionValues.read(ReindexOptions.ALL, Map.of(), Map.of("target", List.of("x")));
        var thread = Thread.currentThread();
        var loader = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            assertThatThrownBy(() -> Targets.prepare(options, new SparkConf(false)))
                    .isInstanceOf(OptionException.class)
                    .hasMessageMatching(
                            "--target-format iceberg: expected Iceberg on the class path, found none; add --packages org.apache.iceberg:iceberg-spark-runtime-\\d\\.\\d_2\\.1\\d:\\d+\\.\\d+\\.\\d+ to spark-submit, or set --target-format parquet");
        } finally {
            thread.setContextClassLoader(loader);
        }
    }

    @Test
    void theExtensionsThatASessionHasStay() {
        var options = OptionValues.read(ReindexOptions.ALL, Map.of(), Map.of("target", List.of("x")));
        var conf = new SparkConf(false).set("spark.sql.extensions", "some.Extensions");

        Targets.prepare(options, conf);
        Targets.prepare(options, conf);

        assertThat(conf.get("spark.sql.extensions"))
                .isEqualTo("some.Extensions,org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");
    }

    @Test
    void aTargetThatIsNotThereHasNoVersions() {
        assertThatThrownBy(() -> Targets.open(SPARK, options(TargetFormat.PARQUET)))
                .hasMessage("--target %s/vectors: expected a folder with _current.json, found none".formatted(folder));
        assertThatThrownBy(() -> Targets.open(SPARK, options(TargetFormat.ICEBERG)))
                .hasMessageContaining(".some.vectors: expected an Iceberg table, found: ");
    }
}
