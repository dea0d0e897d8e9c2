package dev.packhorse.udf;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.metrics.RunReport;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.LongTexts;
import dev.packhorse.udf.rows.TextColumns;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** Datasets of the tests of {@link Embedding}, the tiny model, and what comes of a run. */
abstract class EmbeddingFixture {

    static final EngineSettings ENGINE = TinyBert.freshSettings();
    static final StructType SCHEMA = StructType.fromDDL("key INT, body STRING, bad STRING, `no.te` STRING");
    static final TextColumns COLUMNS = new TextColumns("key", "body", Optional.of("bad"), List.of("no.te"));
    static final double NO_DIFFERENCE = 1e-6;

    /** A run's rows and what its tasks counted. */
    record Result(List<Row> rows, RunReport report) {

        Counts counts() {
            return report.total();
        }

        Map<Integer, List<Float>> vectorsById() {
            return rows.stream()
                    .filter(row -> row.getAs("embedding") != null)
                    .collect(Collectors.toMap(row -> row.<Integer>getAs("id"), Result::vector));
        }

        Row row(int id) {
            return rows.stream()
                    .filter(row -> Integer.valueOf(id).equals(row.getAs("id")))
                    .findFirst()
                    .orElseThrow();
        }

        static List<Float> vector(Row row) {
            return row.getList(row.fieldIndex("embedding"));
        }
    }

    /** Both ways to embed, so that what holds for both is said once. */
    enum Way {
        WINDOWED,
        GLOBAL;

        Dataset<Row> embed(Embedding embedding, Dataset<Row> source, int partitions) {
            return this == WINDOWED ? embedding.windowed(source) : embedding.global(source, partitions);
        }
    }

    static EmbedSettings settings(EngineSettings engine, int windowRows) {
        return settings(engine, windowRows, OnError.ROW, EmptyText.ERROR);
    }

    static EmbedSettings remembering(int windowRows, long dedupeCacheBytes) {
        return new EmbedSettings(
                ENGINE, windowRows, dedupeCacheBytes, OnError.ROW, EmptyText.ERROR, "key", "body", LongTexts.TRUNCATED);
    }

    static EmbedSettings settings(EngineSettings engine, int windowRows, OnError onError, EmptyText emptyText) {
        return new EmbedSettings(engine, windowRows, 0, onError, emptyText, "key", "body", LongTexts.TRUNCATED);
    }

    static Dataset<Row> source(List<Row> rows, int partitions) {
        var source = LocalSpark.session().createDataFrame(rows, SCHEMA);
        return partitions == 1 ? source.coalesce(1) : source.repartition(partitions);
    }

    static Result run(
            EmbedSettings settings, BiFunction<Embedding, Dataset<Row>, Dataset<Row>> way, Dataset<Row> source) {
        var accumulator = new RunAccumulator();
        LocalSpark.session().sparkContext().register(accumulator);
        var rows =
                way.apply(new Embedding(COLUMNS, settings, accumulator), source).collectAsList();
        return new Result(rows, accumulator.value());
    }

    static Result run(EmbedSettings settings, Way way, List<Row> rows, int partitions) {
        return run(settings, (embedding, source) -> way.embed(embedding, source, partitions), source(rows, partitions));
    }

    static Row row(Integer id, String text) {
        return RowFactory.create(id, text, null, "note " + id);
    }

    static List<Row> rows(List<String> texts) {
        return IntStream.range(0, texts.size())
                .mapToObj(i -> row(i, texts.get(i)))
                .toList();
    }
}
