package dev.packhorse.udf;

import dev.packhorse.udf.StageColumns.Added;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.StageOptions;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage of a Spark ML pipeline that adds vectors to a column of texts, on Datasets of files and of streams alike.
 *
 * <p>Its Params are the options of {@link StageOptions} and {@link EncodeOptions}, by their names in camel case;
 * {@link #explainParams()} lists them with their help, values and defaults. What is not set is as the session's
 * {@code spark.packhorse.*} says, if it does. A row without a vector has null in {@code outputCol} and the reason in
 * {@code errorCol}, where that is set; {@code onError} {@code fail} ends the query instead.
 *
 * <p>{@link #save} keeps the model's fingerprint: what is loaded makes the same vectors, or says that it cannot.
 *
 * <p>The setters {@link #setEngine} to {@link #setTranslatorFactory}, {@link #embed}, and those of the columns are those of
 * {@code ai.djl.spark.task.text.TextEmbedder}, so that a job written for it needs another import only. Each other setter
 * sets the Param of its name, throws OptionException for what that refuses, and gives this stage back. Not thread-safe, as
 * all stages.
 */
public final class TextEmbedder extends Transformer implements DefaultParamsWritable {

    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(TextEmbedder.class);

    private final String uid;
    private final OptionParams params;

    /** A stage with a name of its own. */
    public TextEmbedder() {
        this(Identifiable$.MODULE$.randomUID("TextEmbedder"));
    }

    /** A stage of that name; what Spark ML copies and loads stages with. */
    public TextEmbedder(String uid) {
        this.uid = uid;
        this.params = new OptionParams(this);
        StageOptions.WITH_ENCODING.forEach(this::setFallback);
    }

    private <T> void setFallback(Option<T> option) {
        option.fallback()
                .map(option.type().writer())
                .ifPresent(text -> setDefault(params.of(option), OptionParams.value(option, text)));
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws RuntimeException when there is none
     */
    public static TextEmbedder load(String path) {
        return read().load(path);
    }

    /** Reads what {@link #save} wrote; Spark ML calls it for the stages of a pipeline. */
    public static MLReader<TextEmbedder> read() {
        return new DefaultParamsReadable<TextEmbedder>() {
            private static final long serialVersionUID = 1;
        }.read();
    }

    /**
     * Finds the model, and writes the stage with all that decides its vectors: the options, those of the session included;
     * the precision that {@code auto} means on this machine; and the fingerprint. A relative path is written as it is.
     *
     * @throws RuntimeException (OptionException or ModelException) when the model is not to be found or has not the
     *     fingerprint that this stage must have
     */
    @Override
    public MLWriter write() {
        var encoding = encoding(SparkSession.active());
        var pinned = copy(ParamMap.empty());
        encoding.options().forEach((name, text) -> pinned.pin(name, text));
        return pinned.with(StageOptions.FINGERPRINT, encoding.fingerprint()).writeAsIs();
    }

    private void pin(String name, String text) {
        EncodeOptions.ALL.stream()
                .filter(option -> option.name().equals(name))
                .forEach(option -> with(option, OptionParams.value(option, text)));
    }

    private MLWriter writeAsIs() {
        return DefaultParamsWritable.super.write();
    }

    /** See {@link #write}. */
    @Override
    public void save(String path) throws IOException {
        write().save(path);
    }

    @Override
    public TextEmbedder copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    @Override
    public String uid() {
        return uid;
    }

    @Override
    public Param<?>[] params() {
        return params.all();
    }

    /** @throws java.util.NoSuchElementException naming the nearest when there is none of that name */
    @Override
    public Param<Object> getParam(String name) {
        return params.named(name);
    }

    /**
     * Adds the columns. Reads the model's files on the driver, and starts no job.
     *
     * @throws RuntimeException (OptionException, ModelException or TokenizerException) when a column, an option or the
     *     fingerprint does not fit
     */
    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        var columns = columns();
        columns.schema(dataset.schema());
        var spark = dataset.sparkSession();
        var encoding = encoding(spark);
        PackhorseFunctions.register(spark);
        var details = PackhorseFunctions.embedDetails(columns.text(), encoding.options());
        return columns.add(dataset, details, encoding.dimension());
    }

    /** @throws OptionException when a column does not fit */
    @Override
    public StructType transformSchema(StructType schema) {
        return columns().schema(schema);
    }

    private StageColumns columns() {
        var added = new EnumMap<Added, String>(Added.class);
        for (var column : Added.values()) {
            find(column.option()).ifPresent(name -> added.put(column, name));
        }
        return new StageColumns(get(StageOptions.INPUT_COL), added, get(StageOptions.OUTPUT_TYPE));
    }

    private StageEncoding encoding(SparkSession spark) {
        var given = new HashMap<String, String>();
        for (var option : EncodeOptions.ALL) {
            if (isSet(params.of(option))) {
                given.put(option.name(), getOrDefault(params.of(option)).toString());
            }
        }
        return StageEncoding.of(spark, given, find(StageOptions.FINGERPRINT));
    }

    /** The value of an option that has one. */
    private <T> T get(Option<T> option) {
        return find(option).orElseThrow();
    }

    /** The value of an option, given or its default. */
    private <T> Optional<T> find(Option<T> option) {
        var param = params.of(option);
        return isDefined(param)
                ? Optional.of(option.type()
                        .read(option.camelCase(), List.of(getOrDefault(param).toString())))
                : Optional.empty();
    }

    private TextEmbedder with(Option<?> option, Object value) {
        set(params.of(option), value);
        return this;
    }

    // Setters, one for each Param: they refuse what the option refuses, with its message.

    public TextEmbedder setInputCol(String value) {
        return with(StageOptions.INPUT_COL, value);
    }

    public TextEmbedder setOutputCol(String value) {
        return with(StageOptions.OUTPUT_COL, value);
    }

    public TextEmbedder setOutputType(String value) {
        return with(StageOptions.OUTPUT_TYPE, value);
    }

    public TextEmbedder setErrorCol(String value) {
        return with(StageOptions.ERROR_COL, value);
    }

    public TextEmbedder setTokensCol(String value) {
        return with(StageOptions.TOKENS_COL, value);
    }

    public TextEmbedder setTruncatedCol(String value) {
        return with(StageOptions.TRUNCATED_COL, value);
    }

    public TextEmbedder setFingerprint(String value) {
        return with(StageOptions.FINGERPRINT, value);
    }

    public TextEmbedder setModel(String value) {
        return with(EncodeOptions.MODEL, value);
    }

    public TextEmbedder setRevision(String value) {
        return with(EncodeOptions.REVISION, value);
    }

    public TextEmbedder setPooling(String value) {
        return with(EncodeOptions.POOLING, value);
    }

    public TextEmbedder setNormalize(boolean value) {
        return with(EncodeOptions.NORMALIZE, value);
    }

    public TextEmbedder setPrompt(String value) {
        return with(EncodeOptions.PROMPT, value);
    }

    public TextEmbedder setPromptName(String value) {
        return with(EncodeOptions.PROMPT_NAME, value);
    }

    public TextEmbedder setTruncateDim(int value) {
        return with(EncodeOptions.TRUNCATE_DIM, value);
    }

    public TextEmbedder setOnnxOutput(String value) {
        return with(EncodeOptions.ONNX_OUTPUT, value);
    }

    public TextEmbedder setPrecision(String value) {
        return with(EncodeOptions.PRECISION, value);
    }

    public TextEmbedder setPath(String value) {
        return with(EncodeOptions.PATH, value);
    }

    public TextEmbedder setDevice(String value) {
        return with(EncodeOptions.DEVICE, value);
    }

    public TextEmbedder setMaxBatchTokens(int value) {
        return with(EncodeOptions.MAX_BATCH_TOKENS, value);
    }

    public TextEmbedder setMaxSeqLength(int value) {
        return with(EncodeOptions.MAX_SEQ_LENGTH, value);
    }

    public TextEmbedder setWindowRows(int value) {
        return with(EncodeOptions.WINDOW_ROWS, value);
    }

    public TextEmbedder setDedupeCache(String value) {
        return with(EncodeOptions.DEDUPE_CACHE, value);
    }

    public TextEmbedder setOnError(String value) {
        return with(EncodeOptions.ON_ERROR, value);
    }

    public TextEmbedder setEmptyText(String value) {
        return with(EncodeOptions.EMPTY_TEXT, value);
    }

    public TextEmbedder setLongText(String value) {
        return with(EncodeOptions.LONG_TEXT, value);
    }

    public TextEmbedder setChunkTokens(int value) {
        return with(EncodeOptions.CHUNK_TOKENS, value);
    }

    public TextEmbedder setChunkOverlap(int value) {
        return with(EncodeOptions.CHUNK_OVERLAP, value);
    }

    public TextEmbedder setChunkOutput(String value) {
        return with(EncodeOptions.CHUNK_OUTPUT, value);
    }

    // What users of DJL's TextEmbedder write besides.

    /** Adds the columns; {@link #transform} by DJL's name. */
    public Dataset<Row> embed(Dataset<?> dataset) {
        return transform(dataset);
    }

    /**
     * Sets {@code model}. Folders, archives and ONNX files are taken from any place that {@code model} may name. Of DJL's
     * model zoo, {@code djl://ai.djl.huggingface.pytorch/} with {@code sentence-transformers/all-MiniLM-L6-v2} or {@code
     * BAAI/bge-small-en-v1.5} is the embedded model. TorchScript files are not read: a folder must have the model's
     * safetensors or ONNX file.
     *
     * @throws OptionException for other {@code djl:}, {@code http:} and {@code jar:} URLs, and those with a query, for
     *     nothing is downloaded
     */
    public TextEmbedder setModelUrl(String value) {
        return setModel(DjlNames.model(value));
    }

    /**
     * Taken, and decides nothing: Packhorse runs the model itself, and the same vectors come out. Which of its own ways it
     * takes is {@code path}.
     *
     * @throws OptionException for what is no engine of DJL's
     */
    public TextEmbedder setEngine(String value) {
        DjlNames.checkEngine(value);
        return ignored("engine", value, "path");
    }

    /**
     * Taken, and decides nothing: DJL's batches are so many rows, padded to the longest; these are cut by {@code
     * maxBatchTokens}, whatever their rows, and the same vectors come out.
     *
     * @throws OptionException for a size below 1
     */
    public TextEmbedder setBatchSize(int value) {
        DjlNames.checkBatchSize(value);
        return ignored("batchSize", value, "maxBatchTokens");
    }

    /**
     * Taken, and decides nothing, as {@link #setBatchSize}.
     *
     * @throws OptionException for what is none of DJL's
     */
    public TextEmbedder setBatchifier(String value) {
        DjlNames.checkBatchifier(value);
        return ignored("batchifier", value, "maxBatchTokens");
    }

    /** @throws OptionException for another class than String */
    public TextEmbedder setInputClass(Class<?> value) {
        DjlNames.checkClass("inputClass", String.class, value);
        return this;
    }

    /** @throws OptionException for another class than {@code float[]} */
    public TextEmbedder setOutputClass(Class<?> value) {
        DjlNames.checkClass("outputClass", float[].class, value);
        return this;
    }

    /**
     * Taken, and decides nothing: pooling and normalisation are as the model says, or the options.
     *
     * @throws OptionException for another than DJL's {@code TextEmbeddingTranslatorFactory}
     */
    public TextEmbedder setTranslatorFactory(Object value) {
        DjlNames.checkTranslatorFactory(value);
        return this;
    }

    private TextEmbedder ignored(String name, Object value, String instead) {
        LOG.warn("{}: {} {} decides nothing here; {} is the option to look at", uid, name, value, instead);
        return this;
    }
}
