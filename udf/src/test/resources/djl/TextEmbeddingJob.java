import ai.djl.huggingface.translator.TextEmbeddingTranslatorFactory;
import ai.djl.spark.task.text.TextEmbedder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A job as users of DJL's Spark extension write it, after the example in DJL's demos. */
public final class TextEmbeddingJob {

    private TextEmbeddingJob() {}

    public static Dataset<Row> run(Dataset<Row> texts) {
        TextEmbedder embedder = new TextEmbedder()
                .setInputCol("text")
                .setOutputCol("embedding")
                .setEngine("PyTorch")
                .setBatchSize(32)
                .setTranslatorFactory(new TextEmbeddingTranslatorFactory())
                .setModelUrl("djl://ai.djl.huggingface.pytorch/sentence-transformers/all-MiniLM-L6-v2");
        return embedder.embed(texts);
    }
}
