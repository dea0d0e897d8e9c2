package dev.packhorse.udf.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.udf.Embedding;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.TinyBert;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.options.EncodeOptions.ChunkOutput;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.LongText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks inside one task; what a whole job makes of them is tested with the job. */
class ChunksTest {

    private static final EngineSettings ENGINE = TinyBert.freshSettings();
    private static final StructType SCHEMA = StructType.fromDDL("key INT, body STRING");
    private static final String LONG =
            IntStream.range(0, 60).mapToObj(i -> "mule " + i).collect(Collectors.joining(" "));

    private record Result(List<Row> rows, Counts counts) {}

    private static Result run(int windowRows, LongTexts longTexts, OnError onError, String... texts) {
        var settings = new EmbedSettings(ENGINE, windowRows, 0, onError, EmptyText.ERROR, "key", "body", longTexts);
        var rows = IntStream.range(0, texts.length)
                .mapToObj(i -> RowFactory.create(i, texts[i]))
                .toList();
        var accumulator = new RunAccumulator();
        LocalSpark.session().sparkContext().register(accumulator);
        var columns = new TextColumns("key", "body", Optional.empty(), List.of("body"));
        var found = new Embedding(columns, settings, accumulator)
                .windowed(LocalSpark.session().createDataFrame(rows, SCHEMA).coalesce(1))
                .collectAsList();
        return new Result(found, accumulator.value().total());
    }

    private static LongTexts chunks(ChunkOutput output) {
        return new LongTexts(LongText.CHUNK, 20, 0, output);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100})
    void chunksFollowTheirTextsOrderWhateverTheWindow(int windowRows) {
        var result = run(windowRows, chunks(ChunkOutput.ROWS), OnError.ROW, "short", LONG, "other");

        var rows = result.rows();
        assertThat(rows).hasSizeGreaterThan(5);
        assertThat(rows.stream().map(row -> row.<Integer>getAs("id"))).isSorted();
        assertThat(rows.stream().filter(row -> row.<Integer>getAs("id") == 1).map(row -> row.<Integer>getAs("chunk")))
                .containsExactlyElementsOf(
                        IntStream.range(0, rows.size() - 2).boxed().toList());
        assertThat(rows.stream().map(row -> row.<String>getAs("body")).distinct())
                .containsExactly("short", LONG, "other");
        assertThat(result.counts().get(Count.ROWS)).isEqualTo(3);
        assertThat(result.counts().get(Count.FURTHER_ROWS)).isEqualTo(rows.size() - 3);
        assertThat(result.counts().get(Count.CHUNKED_ROWS)).isEqualTo(1);
        assertThat(result.counts().get(Count.CHUNKS)).isEqualTo(rows.size() - 2);
        assertThat(result.counts().get(Count.VECTORS)).isEqualTo(rows.size());
        assertThat(result.counts().get(Count.PENDING_TOKENS)).isZero();
    }

    @ParameterizedTest
    @EnumSource(ChunkOutput.class)
    void equalTextsOfATaskAreEncodedOnce(ChunkOutput output) {
        var once = run(100, chunks(output), OnError.ROW, LONG).counts().get(Count.ENCODED_ROWS);

        var result = run(100, chunks(output), OnError.ROW, LONG, LONG, LONG);

        assertThat(result.counts().get(Count.ENCODED_ROWS)).isEqualTo(once);
        assertThat(result.counts().get(Count.DUPLICATES)).isEqualTo(2 * once);
        assertThat(result.counts().get(Count.CHUNKS)).isEqualTo(3 * once);
    }

    @Test
    void theChunksOfAWindowsLastTextAreRememberedForTheNext() {
        var result = run(1, chunks(ChunkOutput.MEAN), OnError.ROW, LONG, LONG);

        assertThat(result.rows().get(1).<Object>getAs("embedding"))
                .isEqualTo(result.rows().get(0).<Object>getAs("embedding"));
        assertThat(result.counts().get(Count.DUPLICATES))
                .isEqualTo(result.counts().get(Count.ENCODED_ROWS));
    }

    @Test
    void aLongTextEndsTheJobWhereThatIsWished() {
        var error = new LongTexts(LongText.ERROR, 0, 0, ChunkOutput.ROWS);

        assertThatThrownBy(() -> run(100, error, OnError.FAIL, "short", LONG))
                .rootCause()
                .isInstanceOf(EmbedException.class)
                .hasMessageMatching(
                        "text in column 'body' of the row with key '1' has \\d+ tokens, more than the 64 that the model reads");
    }

    @Test
    void anIteratorThatIsDoneSaysSo() {
        var iterator = FlatIterator.of(
                List.of(0, 2, 0, 1, 0).iterator(), n -> List.of("a", "b").subList(0, n));

        assertThat(List.of(iterator.next(), iterator.next(), iterator.next())).containsExactly("a", "b", "a");
        assertThat(iterator.hasNext()).isFalse();
        assertThatThrownBy(iterator::next)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("nothing is left");
    }
}
