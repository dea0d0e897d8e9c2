package dev.packhorse.jobs.audit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.model.Model;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.files.SparkModels;
import dev.packhorse.udf.rows.LongTexts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each check passes what is right, and finds what is wrong with the ids of it. */
class AuditTest {

    private static final int ROWS = 30;
    private static final Limits LIMITS = new Limits(32, 0.9999, 0.001, 0.5, 0.5, 0.2, -1);
    private static final SparkSession SPARK = LocalSpark.session();

    @TempDir
    static Path folder;

    private static Dataset<Row> right;
    private static Dataset<Row> texts;
    private static Model model;

    @BeforeAll
    static void embed() {
        var all = new ArrayList<String>();
        for (var i = 0; i < ROWS; i++) {
            all.add("text number %d, with %s".formatted(i, "words ".repeat(i % 7)));
        }
        var input = TextFiles.json(folder.resolve("texts.jsonl"), all);
        var job = EmbedRun.to(folder.resolve("out")).from("json", input);
        job.run();
        model = SparkModels.find(job.options(), SPARK.sparkContext().getConf());
        right = SPARK.read().parquet(folder.resolve("out").toString());
        texts = SPARK.read().json(input.toString()).select("id", "text").orderBy("id");
    }

    /** Rows 0 to 19 are said to be unchanged, 20 to 29 changed. */
    private static Check check(String name, Dataset<Row> candidate, Dataset<Row> before, Limits limits, long removed) {
        var touched = right.filter("id >= 20").select("id");
        var claim = new Audit.Claim(ROWS, 0, ROWS, removed, touched, touched);
        var checks = run(candidate, Optional.of(before), claim, limits);
        assertThat(checks.stream().map(Check::name))
                .containsExactly(
                        "removed rows",
                        "rows",
                        "errors",
                        "duplicate ids",
                        "dimension",
                        "finite values",
                        "norms",
                        "unchanged rows",
                        "reference",
                        "drift");
        return checks.stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<Check> run(
            Dataset<Row> candidate, Optional<Dataset<Row>> before, Audit.Claim claim, Limits limits) {
        try (var reference = Reference.start(model, LongTexts.TRUNCATED, limits, texts)) {
            return new Audit(candidate, before, claim, model, reference, limits).run();
        }
    }

    private static Check check(String name, Dataset<Row> candidate) {
        return check(name, candidate, right, LIMITS, 0);
    }

    private static Dataset<Row> withVector(String condition, String vector) {
        return right.withColumn("embedding", when(expr(condition), expr(vector)).otherwise(col("embedding")));
    }

    private static void assertFails(Check check, String found, String... ids) {
        assertThat(check.passed()).isFalse();
        assertThat(check.found()).isEqualTo(found);
        assertThat(check.ids()).containsExactlyInAnyOrder(ids);
    }

    @Test
    void whatIsRightPasses() {
        var touched = right.filter("id >= 20").select("id");
        var claim = new Audit.Claim(ROWS, 0, ROWS, 0, touched, touched);

        assertThat(run(right, Optional.of(right), claim, LIMITS)).allMatch(Check::passed);
        assertThat(run(right, Optional.empty(), claim, LIMITS)).allMatch(Check::passed);
    }

    @Test
    void aRowThatIsMissingIsFound() {
        assertFails(
                check("rows", right.filter("id <> 3")),
                "expected 30, a vector or an error each, found 29 with 29 vectors and 0 errors");
    }

    @Test
    void aRowWithNeitherVectorNorErrorIsFound() {
        assertFails(
                check("rows", withVector("id IN (3, 5)", "null")),
                "expected 30, a vector or an error each, found 30 with 28 vectors and 0 errors",
                "3",
                "5");
    }

    @Test
    void anIdThatComesTwiceIsFound() {
        assertFails(
                check("duplicate ids", right.unionByName(right.filter("id = 7"))),
                "expected each id once, found 1 more than once",
                "7");
    }

    @Test
    void anotherDimensionIsFound() {
        assertFails(
                check("dimension", withVector("id = 4", "slice(embedding, 1, 5)")),
                "expected %d numbers, found others in 1 vectors".formatted(model.dimension()),
                "4");
    }

    @Test
    void valuesThatAreNotFiniteAreFound() {
        assertFails(
                check("finite values", withVector("id = 4", "transform(embedding, x -> float('NaN'))")),
                "expected finite numbers, found others in 1 vectors",
                "4");
        assertThat(check("finite values", withVector("id = 4", "transform(embedding, x -> float('Infinity'))"))
                        .ids())
                .containsExactly("4");
        assertThat(check("finite values", withVector("id = 4", "transform(embedding, x -> float(null))"))
                        .ids())
                .containsExactly("4");
    }

    @Test
    void lengthsThatAreNotOneAreFound() {
        var check = check("norms", withVector("id = 4", "transform(embedding, x -> float(x * 1.01))"));

        assertThat(check.passed()).isFalse();
        assertThat(check.found())
                .isEqualTo(
                        "expected lengths of 1 within 0.001, found others in 1 vectors; they are from 1.000000 to 1.010000");
        assertThat(check.ids()).containsExactly("4");
    }

    @Test
    void anUntouchedRowThatIsNotBitEqualIsFound() {
        var last = "float(element_at(embedding, -1) * 1.0000002)";
        var vector = "concat(slice(embedding, 1, size(embedding) - 1), array(" + last + "))";

        assertFails(
                check("unchanged rows", withVector("id IN (4, 25)", vector)),
                "expected 20 rows to be bit-equal to those before, found 20 that are, or others in their place",
                "4");
        assertThat(check("unchanged rows", withVector("id = 25", vector)).passed())
                .isTrue();
    }

    @Test
    void aVectorOfAnotherTextIsFound() {
        var other = right.filter("id = 6").select("embedding").first().<Float>getList(0).stream()
                .map(value -> "float(%s)".formatted(value))
                .toList();

        var check = check("reference", withVector("id = 4", "array(" + String.join(",", other) + ")"));

        assertThat(check.passed()).isFalse();
        assertThat(check.found())
                .startsWith(
                        "expected a cosine of at least 0.9999 to float32, one by one, on the reference path, for 30 texts, found ")
                .endsWith(", and less for 1");
        assertThat(check.ids()).containsExactly("4");
    }

    @Test
    void theReferenceLooksAtAsManyTextsAsItIsAsked() {
        var three = new Limits(3, 0.9999, 0.001, 0.5, 0.5, 0.2, -1);
        assertThat(check("reference", right, right, three, 0).found()).contains(" for 3 texts, ");
        var none = new Limits(0, 0.9999, 0.001, 0.5, 0.5, 0.2, -1);
        assertThat(check("reference", right, right, none, 0).found()).isEqualTo("not looked at: --audit-sample 0");
    }

    @Test
    void driftOfMostChangedTextsIsFound() {
        var touched = right.select("id");
        var opposite = withVector("id > 2", "transform(embedding, x -> float(-x))");
        var claim = new Audit.Claim(ROWS, 0, ROWS, 0, touched, touched);

        var drift = run(opposite, Optional.of(right), claim, LIMITS).get(9);

        assertThat(drift.passed()).isFalse();
        assertThat(drift.found())
                .isEqualTo(
                        "expected cosines between old and new vectors of changed texts with a median of at least 0.2 and a 5th percentile of at least -1.0, found -1.0000 and -1.0000, mean -0.8000, over 30 texts");
        assertThat(drift.ids()).hasSize(Check.MOST_IDS).doesNotContain("0", "1", "2");
        assertThat(check("drift", right).found())
                .endsWith("found 1.0000 and 1.0000, mean 1.0000, over 10 texts, too few to fail");
        var strict = new Limits(32, 0.9999, 0.001, 0.5, 0.5, -1, 0.5);
        assertThat(run(opposite, Optional.of(right), claim, strict).get(9).passed())
                .isFalse();
    }

    @Test
    void manyRemovedRowsAreFound() {
        assertFails(
                check("removed rows", right, right, LIMITS, 16),
                "expected at most 50 percent of the rows to go, found 16 of 30; if the source is whole, set --audit-max-removed");
        assertThat(check("removed rows", right, right, LIMITS, 15).passed()).isTrue();
    }

    @Test
    void errorsCountAsTheyShould() {
        var failed = right.withColumn(
                        "error", when(col("id").equalTo(3), lit("why")).otherwise(col("error")))
                .withColumn("embedding", when(col("id").notEqual(3), col("embedding")));

        assertThat(check("rows", failed).found())
                .isEqualTo("expected 30, a vector or an error each, found 30 with 29 vectors and 1 errors");
        assertThat(check("rows", failed).passed()).isTrue();
        assertThat(List.of(check("finite values", failed), check("norms", failed)))
                .allMatch(Check::passed);
    }

    @Test
    void manyNewErrorsAreFound() {
        var failed = right.withColumn(
                        "error", when(col("id").lt(16), lit("why")).otherwise(col("error")))
                .withColumn("embedding", when(col("id").geq(16), col("embedding")));

        assertFails(
                check("errors", failed),
                "expected at most 50 percent of the rows to have an error that had none, found 16 of 30; if the source is right, set --audit-max-errors");
        assertThat(check("errors", failed, failed, LIMITS, 0).passed()).isTrue();
    }
}
