package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Models;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stage between others, and what is kept of it. */
class TextEmbedderPipelineTest {

    private static final long SEED = 20_260_101;

    @TempDir
    private Path folder;

    private String file(String name) {
        return folder.resolve(name).toUri().toString();
    }

    private static Pipeline pipeline(PipelineStage... stages) {
        return new Pipeline().setStages(stages);
    }

    private static TextEmbedder vectors() {
        return Stages.tinyBert().setOutputType("vector").setOutputCol("features");
    }

    /** Texts of two sorts of words; the label says which. */
    private static Dataset<Row> labelled() {
        var random = new Random(SEED);
        var texts = new ArrayList<String>();
        for (var i = 0; i < 40; i++) {
            var words = i % 2 == 0 ? List.of("the", "cat", "dog", "water") : List.of("12", "7", "3", "99");
            texts.add(String.join(
                    " ", random.ints(5, 0, words.size()).mapToObj(words::get).toList()));
        }
        return Stages.rows(texts).selectExpr("id", "text", "CAST(id % 2 AS DOUBLE) AS label");
    }

    private static List<Double> predictions(Dataset<Row> rows) {
        return rows.orderBy("id").select("prediction").collectAsList().stream()
                .map(row -> ((Number) row.get(0)).doubleValue())
                .toList();
    }

    @Test
    void logisticRegressionLearnsFromVectorsAndAnswersTheSameAfterSaveAndLoad() throws IOException {
        var texts = labelled();
        var model = pipeline(vectors(), new LogisticRegression()).fit(texts);

        model.save(file("model"));
        var loaded = PipelineModel.load(file("model"));

        var labels = texts.orderBy("id").select("label").collectAsList().stream()
                .map(row -> row.getDouble(0))
                .toList();
        assertThat(predictions(model.transform(texts))).as("seed %d", SEED).isEqualTo(labels);
        assertThat(predictions(loaded.transform(texts))).isEqualTo(labels);
        assertThat(loaded.stages()[0].uid()).isEqualTo(model.stages()[0].uid());
    }

    @Test
    void kMeansTakesTheRowsThatHaveVectors() throws IOException {
        var texts = new ArrayList<>(Arrays.asList("the cat", null, "the dog", " ", "99 12 7"));
        var withVectors = new SQLTransformer().setStatement("SELECT * FROM __THIS__ WHERE error IS NULL");
        var pipeline = pipeline(
                vectors().setErrorCol("error"),
                withVectors,
                new KMeans().setK(2).setSeed(SEED));

        pipeline.save(file("pipeline"));
        var model = Pipeline.load(file("pipeline")).fit(Stages.rows(texts));
        model.save(file("model"));

        var expected = predictions(model.transform(Stages.rows(texts)));
        assertThat(expected).hasSize(3).isSubsetOf(0.0, 1.0);
        assertThat(predictions(PipelineModel.load(file("model")).transform(Stages.rows(texts))))
                .isEqualTo(expected);
    }

    @Test
    void twoStagesOfOnePipelineHaveTheirOwnOptions() {
        var stages = pipeline(
                vectors().setOutputCol("a"),
                vectors().setOutputCol("b").setTruncateDim(5).setPrompt("query: "),
                new VectorAssembler().setInputCols(new String[] {"a", "b"}).setOutputCol("features"));
        var texts = Stages.rows(List.of("one text", "another"));

        for (var row : stages.fit(texts).transform(texts).collectAsList()) {
            assertThat(Stages.vector(row, "a")).hasSize(32);
            assertThat(Stages.vector(row, "b")).hasSize(5);
            assertThat(Stages.vector(row, "features")).hasSize(37);
        }
    }

    @Test
    void whatIsSavedHasEachOptionThePrecisionAndTheFingerprint() throws IOException {
        var stage = Stages.tinyBert().setPrecision("auto").setMaxBatchTokens(99).setNormalize(false);
        var session = LocalSpark.session();
        session.conf().set("spark.packhorse.maxSeqLength", "17");
        TextEmbedder loaded;
        try {
            stage.save(file("stage"));
        } finally {
            session.conf().unset("spark.packhorse.maxSeqLength");
        }
        loaded = TextEmbedder.load(file("stage"));

        assertThat(loaded.uid()).isEqualTo(stage.uid());
        assertThat(Stages.value(loaded, "maxBatchTokens")).isEqualTo(99);
        assertThat(Stages.value(loaded, "normalize")).isEqualTo(false);
        assertThat(Stages.value(loaded, "maxSeqLength")).isEqualTo(17);
        assertThat(Stages.value(loaded, "precision")).isIn("float32", "bfloat16");
        assertThat(Stages.value(loaded, "fingerprint").toString()).hasSize(64);
        assertThat(stage.isSet(stage.getParam("fingerprint")))
                .as("saving leaves the stage as it was")
                .isFalse();
        var texts = Stages.rows(List.of("one text"));
        assertThat(Stages.vector(loaded.transform(texts).head(), "embedding"))
                .isEqualTo(
                        Stages.vector(stage.setMaxSeqLength(17).transform(texts).head(), "embedding"));
    }

    @Test
    void theFingerprintIsTheModelsOwn() throws IOException {
        Stages.tinyBert().save(file("stage"));

        assertThat(Stages.value(TextEmbedder.load(file("stage")), "fingerprint"))
                .isEqualTo(Models.find(Fixtures.tinyBert().toString()).fingerprint(Precision.FLOAT32));
    }

    @Test
    void aModelWithOtherFilesIsRefused() throws IOException {
        var files = Fixtures.copyTinyBert(folder);
        var stage = vectors().setModel(files.toString());
        var texts = labelled();
        stage.save(file("stage"));
        pipeline(stage, new LogisticRegression().setMaxIter(1)).fit(texts).save(file("pipeline"));
        var expected = Models.find(files.toString()).fingerprint(Precision.FLOAT32);

        var pooling = files.resolve("1_Pooling/config.json");
        var said = Files.readString(pooling);
        assertThat(said).contains("\"pooling_mode_mean_tokens\": true").contains("\"pooling_mode_cls_token\": false");
        Files.writeString(
                pooling,
                said.replace("\"pooling_mode_mean_tokens\": true", "\"pooling_mode_mean_tokens\": false")
                        .replace("\"pooling_mode_cls_token\": false", "\"pooling_mode_cls_token\": true"));

        var found = Models.find(files.toString());
        var message = "fingerprint: expected %s, found %s, which is that of %s in float32; its files or the options are"
                        .formatted(expected, found.fingerprint(Precision.FLOAT32), found.name())
                + " not those that it was computed for";
        Stream.of(TextEmbedder.load(file("stage")), PipelineModel.load(file("pipeline")))
                .forEach(loaded -> assertThatThrownBy(() -> loaded.transform(texts))
                        .isInstanceOf(OptionException.class)
                        .hasMessage(message));
        var loaded = TextEmbedder.load(file("stage"));
        assertThatThrownBy(() -> loaded.save(file("again")))
                .isInstanceOf(OptionException.class)
                .hasMessage(message);
        loaded.clear(loaded.getParam("fingerprint"));
        assertThat(loaded.transform(texts).count()).isEqualTo(40);
    }

    @Test
    void anOptionThatChangesVectorsIsRefusedAfterLoadAndOthersAreNot() throws IOException {
        Stages.tinyBert().save(file("stage"));
        var texts = Stages.rows(List.of("one text"));
        var loaded = TextEmbedder.load(file("stage"));

        assertThat(loaded.setMaxBatchTokens(77)
                        .setOutputCol("other")
                        .transform(texts)
                        .count())
                .isEqualTo(1);
        assertThatThrownBy(() -> loaded.setPrompt("query: ").transform(texts))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("fingerprint: expected ");
    }

    @Test
    void longTextsAreCutAfterLoadAsTheyWereBefore() throws IOException {
        var texts = Stages.rows(List.of("mule ".repeat(200)));
        Stages.tinyBert().save(file("cut"));
        Stages.tinyBert()
                .setLongText("chunk")
                .setChunkTokens(30)
                .setChunkOutput("mean")
                .save(file("chunks"));
        var whole = Stages.vector(Stages.tinyBert().transform(texts).head(), "embedding");

        var cut = TextEmbedder.load(file("cut"));
        assertThatThrownBy(() -> cut.copy(ParamMap.empty())
                        .setLongText("chunk")
                        .setChunkOutput("mean")
                        .transform(texts))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("fingerprint: expected ");
        var chunks = TextEmbedder.load(file("chunks"));
        assertThat(Stages.vector(chunks.transform(texts).head(), "embedding")).isNotEqualTo(whole);
        assertThat(Stages.value(chunks, "chunkOverlap")).isEqualTo(0);
        assertThatThrownBy(
                        () -> chunks.copy(ParamMap.empty()).setChunkTokens(31).transform(texts))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("fingerprint: expected ");
        assertThat(Stages.value(chunks, "fingerprint"))
                .isNotEqualTo(Stages.value(cut, "fingerprint"))
                .isNotEqualTo(Models.find(Fixtures.tinyBert().toString()).fingerprint(Precision.FLOAT32));
    }

    @Test
    void aSessionThatCutsTextsInAnotherWayChangesNothingOfWhatWasSaved() throws IOException {
        var texts = Stages.rows(List.of("mule ".repeat(200)));
        Stages.tinyBert().save(file("stage"));
        var before =
                Stages.vector(TextEmbedder.load(file("stage")).transform(texts).head(), "embedding");
        var session = LocalSpark.session();
        var others = Map.of("longText", "chunk", "chunkOutput", "mean", "chunkTokens", "20", "emptyText", "encode");
        others.forEach((name, value) -> session.conf().set("spark.packhorse." + name, value));
        try {
            var loaded = TextEmbedder.load(file("stage")).setErrorCol("error");

            assertThat(Stages.vector(loaded.transform(texts).head(), "embedding"))
                    .isEqualTo(before);
            assertThat(loaded.transform(Stages.rows(List.of(" "))).head().<String>getAs("error"))
                    .isEqualTo("text in column 'text' is empty or white space");
        } finally {
            others.keySet().forEach(name -> session.conf().unset("spark.packhorse." + name));
        }
    }

    @Test
    void aModelThatIsNotThereCannotBeSaved() {
        assertThatThrownBy(() -> new TextEmbedder()
                        .setModel(folder.resolve("none").toString())
                        .save(file("stage")))
                .hasMessageContaining("none");
        assertThat(folder.resolve("stage")).doesNotExist();
    }
}
