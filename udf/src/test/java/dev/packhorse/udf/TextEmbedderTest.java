package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.udf.options.OptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextEmbedderTest {

    private static final float CLOSE = 1e-5f;

    /** The fixture's dimension, D. */
    private static final int DIMENSION = 32;

    @ParameterizedTest
    @ValueSource(strings = {"array", "vector"})
    void vectorsAreThoseOfTheReference(String outputType) {
        var texts = Fixtures.texts();
        var stage = Stages.tinyBert().setOutputType(outputType).setEmptyText("encode");

        var rows = stage.transform(Stages.rows(texts)).collectAsList();

        var expected = Fixtures.reference("tiny-bert").vectors();
        assertThat(rows).hasSameSizeAs(texts);
        for (var row : rows) {
            assertThat(Stages.vector(row, "embedding"))
                    .as(row.getString(1))
                    .containsExactly(expected[row.getInt(0)], offset(CLOSE));
        }
    }

    @Test
    void arraysAndVectorsAreTheSameNumbers() {
        var source = Stages.rows(List.of("one text", "another one"));
        var both = Stages.tinyBert()
                .setOutputCol("vector")
                .setOutputType("vector")
                .transform(Stages.tinyBert().transform(source));

        assertThat(both.queryExecution().optimizedPlan().toString())
                .as("both stages want the same work")
                .containsOnlyOnce("EmbedRows");
        for (var row : both.collectAsList()) {
            assertThat(Stages.vector(row, "vector")).isEqualTo(Stages.vector(row, "embedding"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"array", "vector"})
    void aRowWithoutAVectorSaysWhyAndEachRowStays(String outputType) {
        var texts = new ArrayList<>(Arrays.asList("a text", null, " ", "word ".repeat(100)));
        var stage = Stages.tinyBert()
                .setOutputType(outputType)
                .setErrorCol("why not")
                .setTokensCol("read")
                .setTruncatedCol("cut");

        var embedded = stage.transform(Stages.rows(texts)).orderBy("id");
        var rows = embedded.collectAsList();

        assertThat(embedded.queryExecution().optimizedPlan().toString())
                .as("each text is embedded once, whatever columns ask for it")
                .containsOnlyOnce("EmbedRows");
        assertThat(rows).hasSize(4);
        assertThat(rows.get(0).schema().fieldNames())
                .containsExactly("id", "text", "embedding", "read", "cut", "why not");
        assertThat(rows).extracting(row -> row.isNullAt(2)).containsExactly(false, true, true, false);
        assertThat(rows).extracting(row -> row.isNullAt(5)).containsExactly(true, false, false, true);
        assertThat(rows.get(1).<String>getAs("why not")).isEqualTo("text in column 'text' is null");
        assertThat(rows).extracting(row -> row.<Boolean>getAs("cut")).containsExactly(false, false, false, true);
        assertThat(rows.get(3).<Integer>getAs("read")).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"array", "vector"})
    void theSchemaIsTheOneThatWasPromised(String outputType) {
        var stage = Stages.tinyBert()
                .setOutputType(outputType)
                .setErrorCol("error")
                .setTokensCol("tokens")
                .setTruncatedCol("truncated");
        var source = Stages.rows(List.of("a"));

        var promised = stage.transformSchema(source.schema());

        var schema = stage.transform(source).schema();
        assertThat(withoutMetadata(schema)).isEqualTo(withoutMetadata(promised));
    }

    private static List<String> withoutMetadata(StructType schema) {
        return Arrays.stream(schema.fields())
                .map(field -> field.name() + " " + field.dataType() + " " + field.nullable())
                .toList();
    }

    @Test
    void aColumnOfVectorsSaysItsDimension() {
        var schema = Stages.tinyBert()
                .setOutputType("vector")
                .transform(Stages.rows(List.of("a")))
                .schema();

        assertThat(AttributeGroup.fromStructField(schema.apply("embedding")).size())
                .isEqualTo(DIMENSION);
    }

    @Test
    void columnsMayHaveAnyNames() {
        var source = Stages.rows(List.of("one text")).toDF("embedding", "a.`b` c");

        var row = Stages.tinyBert()
                .setInputCol("a.`b` c")
                .setOutputCol("d.`e` f")
                .transform(source)
                .head();

        assertThat(row.schema().fieldNames()).containsExactly("embedding", "a.`b` c", "d.`e` f");
        assertThat(Stages.vector(row, "d.`e` f")).hasSize(DIMENSION);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "texts | embedding | inputCol texts: expected one of the columns [id, text]; the nearest is text",
                "Text  | embedding | inputCol Text: expected one of the columns [id, text]; the nearest is text",
                "id    | embedding | inputCol id: expected a string column, found int",
                "text  | Id        | outputCol Id: expected a name that no column has yet, found one of [id, text]",
            })
    void aColumnThatDoesNotFitIsRefusedBeforeAnythingRuns(String input, String output, String message) {
        var stage = new TextEmbedder().setInputCol(input).setOutputCol(output).setModel("no model, and not looked for");
        var source = Stages.rows(List.of("a"));

        assertThatThrownBy(() -> stage.transformSchema(source.schema()))
                .isInstanceOf(OptionException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> stage.transform(source))
                .isInstanceOf(OptionException.class)
                .hasMessage(message);
    }

    @Test
    void twoColumnsToAddMustHaveTwoNames() {
        var schema = StructType.fromDDL("text STRING");

        assertThatThrownBy(() -> new TextEmbedder().setErrorCol("Embedding").transformSchema(schema))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "errorCol Embedding: expected a name that no column has yet, found one of [text, embedding]");
        assertThatThrownBy(() -> new TextEmbedder().transformSchema(new StructType()))
                .isInstanceOf(OptionException.class)
                .hasMessage("inputCol text: expected a column of that name, found no columns");
    }

    @Test
    void chunksMayBecomeOneMeanButNotRows() {
        var source = Stages.rows(List.of("word ".repeat(200), "one text"));
        var stage = Stages.tinyBert().setLongText("chunk");

        assertThatThrownBy(() -> stage.transform(source))
                .isInstanceOf(OptionException.class)
                .hasMessage("long-text chunk: expected chunk-output mean, for a call has one answer for each row, found"
                        + " chunk-output rows");
        assertThat(stage.setChunkOutput("mean").transform(source).count()).isEqualTo(2);
    }

    @Test
    void optionsThatDoNotFitEachOtherAreRefusedBeforeAnythingRuns() {
        var source = Stages.rows(List.of("a"));

        assertThatThrownBy(() -> Stages.tinyBert().setChunkTokens(5).transform(source))
                .isInstanceOf(OptionException.class)
                .hasMessage("--chunk-tokens: expected with --long-text chunk, found with --long-text truncate");
        assertThatThrownBy(() -> Stages.tinyBert().setMaxSeqLength(65).transform(source))
                .hasMessageStartingWith("--max-seq-length: expected at most 64, which is what");
    }

    @Test
    void theSessionSaysWhatTheStageDoesNot() {
        var session = LocalSpark.session();
        var source = Stages.rows(List.of("one text"));
        var long32 = Stages.tinyBert().transform(source).head();
        session.conf().set("spark.packhorse.truncateDim", "3");
        try {
            assertThat(Stages.vector(Stages.tinyBert().transform(source).head(), "embedding"))
                    .hasSize(3);
            assertThat(Stages.vector(
                            Stages.tinyBert()
                                    .setTruncateDim(DIMENSION)
                                    .transform(source)
                                    .head(),
                            "embedding"))
                    .containsExactly(Stages.vector(long32, "embedding"), offset(CLOSE));
        } finally {
            session.conf().unset("spark.packhorse.truncateDim");
        }
    }

    @Test
    void aStreamIsEmbeddedAsAFileIs(@TempDir Path folder) throws Exception {
        var texts = List.of("one text", "another one", "a third");
        var in = Files.createDirectory(folder.resolve("in"));
        Files.write(in.resolve("a.txt"), texts.subList(0, 2));
        Files.write(in.resolve("b.txt"), texts.subList(2, 3));
        var stage = Stages.tinyBert().setInputCol("value").setOutputType("vector");
        var name = "stream_" + UUID.randomUUID().toString().replace('-', '_');
        var session = LocalSpark.session();

        var stream = stage.transform(
                session.readStream().option("maxFilesPerTrigger", 1).text(in.toString()));
        assertThat(stream.isStreaming()).isTrue();
        var query = stream.writeStream()
                .format("memory")
                .queryName(name)
                .option("checkpointLocation", folder.resolve("checkpoint").toString())
                .trigger(Trigger.AvailableNow())
                .start();
        assertThat(query.awaitTermination(TimeUnit.MINUTES.toMillis(5))).isTrue();

        var expected = stage.transform(session.read().text(in.toString()));
        assertThat(vectors(session.table(name))).isEqualTo(vectors(expected)).hasSize(3);
    }

    private static List<String> vectors(Dataset<Row> rows) {
        return rows.orderBy("value").collectAsList().stream()
                .map(row -> row.getString(0) + Arrays.toString(Stages.vector(row, "embedding")))
                .toList();
    }
}
