package dev.packhorse.udf.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.udf.ResultColumns;
import dev.packhorse.udf.options.OptionException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextColumnsTest {

    private static final StructType SOURCE =
            StructType.fromDDL("key BIGINT, body STRING, score DOUBLE, tokens ARRAY<INT>, `a.b` STRING");

    private static TextColumns columns(String id, String text, String... carried) {
        return new TextColumns(id, text, Optional.empty(), List.of(carried));
    }

    private static void assertRefused(TextColumns columns, String message) {
        assertThatThrownBy(() -> columns.check(SOURCE))
                .isInstanceOf(OptionException.class)
                .hasMessage(message);
    }

    @Test
    void columnsThatFitPass() {
        assertThatCode(() -> columns("key", "body", "score", "a.b").check(SOURCE))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"STRING", "TINYINT", "SMALLINT", "INT", "BIGINT"})
    void idsMayBeStringsOrIntegersOfAnyWidth(String type) {
        var source = StructType.fromDDL("id " + type + ", text STRING");

        assertThatCode(() -> columns("id", "text").check(source)).doesNotThrowAnyException();
        assertThat(columns("id", "text").outputSchema(source, false).apply("id").dataType())
                .isEqualTo(source.apply("id").dataType());
    }

    @Test
    void aMissingColumnNamesTheOptionAndTheNearest() {
        var has = " expected one of the source's columns [key, body, score, tokens, a.b]; the nearest is ";
        assertRefused(columns("kay", "body"), "--id-column kay:" + has + "key");
        assertRefused(columns("key", "bodi"), "--text-column bodi:" + has + "body");
        assertRefused(columns("key", "body", "scores"), "--carry-columns scores:" + has + "score");
    }

    @Test
    void namesAreCaseSensitive() {
        assertRefused(
                columns("KEY", "body"),
                "--id-column KEY: expected one of the source's columns [key, body, score, tokens, a.b]; the nearest is key");
    }

    @Test
    void otherTypesAreRefused() {
        assertRefused(columns("score", "body"), "--id-column score: expected a string or integer column, found double");
        assertRefused(columns("key", "key"), "--text-column key: expected a string column, found bigint");
        assertRefused(columns("key", "tokens"), "--text-column tokens: expected a string column, found array<int>");
    }

    @Test
    void aColumnOfTheResultsNameIsNotCarried() {
        assertRefused(
                columns("key", "body", "tokens"),
                "--carry-columns tokens: expected a name that the result does not use itself, found one of [embedding, error, id, text_hash, tokens, truncated]");
    }

    @Test
    void namesThatDifferInCaseAloneAreTheSameToSpark() {
        var source = StructType.fromDDL("key INT, body STRING, Error STRING, a INT, A INT");

        assertThatThrownBy(() -> columns("key", "body", "Error").check(source))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("--carry-columns Error: expected a name that the result does not use itself");
        assertThatThrownBy(() -> columns("key", "body", "a", "A").check(source))
                .isInstanceOf(OptionException.class)
                .hasMessage("--carry-columns: expected different names, found [a, A]");
    }

    @Test
    void aColumnIsCarriedOnce() {
        assertRefused(
                columns("key", "body", "score", "a.b", "score"),
                "--carry-columns: expected different names, found [score, a.b, score]");
    }

    @Test
    void theResultHasSixColumnsAndThoseCarried() {
        assertThat(columns("key", "body", "score", "a.b")
                        .outputSchema(SOURCE, false)
                        .toDDL())
                .isEqualTo(ResultColumns.DDL + ",score DOUBLE,`a.b` STRING");
    }

    @Test
    void rowsOfChunksHaveThreeColumnsMore() {
        assertThat(columns("key", "body", "score").outputSchema(SOURCE, true).toDDL())
                .isEqualTo(ResultColumns.DDL_OF_CHUNKS + ",score DOUBLE");
    }

    @Test
    void noColumnOfTheResultIsCarriedWhateverItsName() {
        for (var column :
                OutputColumns.schema(DataTypes.LongType, true, List.of()).fieldNames()) {
            var source = new StructType()
                    .add("key", DataTypes.LongType)
                    .add("body", DataTypes.StringType)
                    .add(column, DataTypes.StringType);
            var columns = columns("key", "body", column);

            assertThatThrownBy(() -> {
                        columns.check(source);
                        columns.outputSchema(source, true);
                    })
                    .isInstanceOf(OptionException.class)
                    .hasMessageStartingWith("--carry-columns %s: expected a name that the result does not use itself"
                            .formatted(column));
        }
    }

    @Test
    void aColumnNamedLikeOneOfChunksIsCarriedWhereChunksAreNoRows() {
        var source = StructType.fromDDL("key INT, body STRING, Chunk STRING");

        assertThat(columns("key", "body", "Chunk").outputSchema(source, false).fieldNames())
                .endsWith("Chunk");
        assertThatThrownBy(() -> columns("key", "body", "Chunk").outputSchema(source, true))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--carry-columns Chunk: expected a name that the result does not use itself, found one of [chunk, chunk_end, chunk_start]");
    }
}
