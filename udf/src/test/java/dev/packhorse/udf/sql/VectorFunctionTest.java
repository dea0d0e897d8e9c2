package dev.packhorse.udf.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.PackhorseFunctions;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VectorFunctionTest {

    private static SparkSession spark;

    @BeforeAll
    static void register() {
        spark = LocalSpark.session().newSession();
        PackhorseFunctions.register(spark);
    }

    private static Row one(String expressions) {
        return spark.sql("SELECT " + expressions).collectAsList().get(0);
    }

    @Test
    void valuesOfAKnownPair() {
        var row = one("""
                cosine_similarity(a, b), dot_product(a, b), l2_distance(a, b)
                FROM VALUES (array(3f, 4f), array(4f, 3f)) AS v(a, b)""");

        assertThat(row.getDouble(0)).isEqualTo(24.0 / 25);
        assertThat(row.getDouble(1)).isEqualTo(24);
        assertThat(row.getDouble(2)).isEqualTo(Math.sqrt(2));
    }

    @Test
    void floatsDoublesAndOtherNumbersMayMeet() {
        var row = one("""
                dot_product(array(1f, 2f), array(3d, 4d)), dot_product(array(1, 2), array(0.5, 0.25)),
                l2_distance(array(1L, 2L), array(1f, 2f))""");

        assertThat(row.getDouble(0)).isEqualTo(11);
        assertThat(row.getDouble(1)).isEqualTo(1);
        assertThat(row.getDouble(2)).isZero();
    }

    @Test
    void nullWhereThereIsNoAnswer() {
        var row = one("""
                cosine_similarity(null, array(1f)), dot_product(array(1f), null), l2_distance(array(1f, null), array(1f, 2f)),
                cosine_similarity(array(0f, 0f), array(1f, 2f)), dot_product(cast(null AS array<float>), array(1f))""");

        assertThat(row.anyNull()).isTrue();
        for (var i = 0; i < row.size(); i++) {
            assertThat(row.isNullAt(i)).as("expression " + i).isTrue();
        }
    }

    @Test
    void vectorsOfTwoLengthsFail() {
        assertThatThrownBy(() -> one("l2_distance(a, b) FROM VALUES (array(1f, 2f), array(1f)) AS v(a, b)"))
                .hasMessage("l2_distance: expected two vectors of one length, found 2 and 1 numbers");
    }

    @Test
    void whatIsNoVectorIsRefusedBeforeAnyTask() {
        assertThatThrownBy(() -> spark.sql("SELECT dot_product('a', array(1f))"))
                .hasMessageContaining(
                        "dot_product: expected vectors of type ARRAY<FLOAT> or ARRAY<DOUBLE>, found 'a' of type STRING");
        assertThatThrownBy(() -> spark.sql("SELECT cosine_similarity(array(1f))"))
                .hasMessage("cosine_similarity: expected 2 arguments, found 1");
    }

    @Test
    void equalPlainLoopsForAnyVectors() {
        var random = Seeds.random(); // which prints its seed
        for (var run = 0; run < 5; run++) {
            var d = 1 + random.nextInt(300);
            var a = new float[d]; // [D]
            var b = new float[d]; // [D]
            var dot = 0.0;
            var squares = 0.0;
            for (var i = 0; i < d; i++) {
                a[i] = random.nextFloat() - 0.5f;
                b[i] = random.nextFloat() - 0.5f;
                dot += (double) a[i] * b[i];
                squares += Math.pow((double) a[i] - b[i], 2);
            }
            var row = spark.range(1)
                    .select(PackhorseFunctions.dotProduct(functions.lit(a), functions.lit(b)))
                    .first();
            assertThat(row.getDouble(0)).isCloseTo(dot, Offset.offset(1e-9));
            assertThat(spark.range(1)
                            .select(PackhorseFunctions.l2Distance(functions.lit(a), functions.lit(b)))
                            .first()
                            .getDouble(0))
                    .isCloseTo(Math.sqrt(squares), Offset.offset(1e-9));
        }
    }
}
