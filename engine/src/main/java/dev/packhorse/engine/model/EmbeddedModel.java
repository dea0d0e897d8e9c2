package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.transformer.TransformerShape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Models that come as Maven jars ({@code dev.langchain4j:langchain4j-embeddings-*}): an ONNX file and a tokenizer.json,
 * without a configuration, which therefore stands here.
 */
public enum EmbeddedModel {
    /** Configuration: huggingface.co/sentence-transformers/all-MiniLM-L6-v2; reads what its positions allow. */
    ALL_MINILM_L6_V2("all-minilm-l6-v2", "all-minilm-l6-v2", 6, 512, Pooling.MEAN),
    /** Configuration: huggingface.co/BAAI/bge-small-en-v1.5. */
    BGE_SMALL_EN_V15("bge-small-en-v1.5", "bge-small-en-v1.5", 12, 512, Pooling.CLS);

    /** The width that both have. */
    private static final int HIDDEN = 384;

    private final String id;
    private final String resource;
    private final int layers;
    private final int maxSeqLength;
    private final Pooling pooling;

    EmbeddedModel(String id, String resource, int layers, int maxSeqLength, Pooling pooling) {
        this.id = id;
        this.resource = resource;
        this.layers = layers;
        this.maxSeqLength = maxSeqLength;
        this.pooling = pooling;
    }

    /** The name by which options call it. */
    public String id() {
        return id;
    }

    /** The model of that name, where there is one. */
    public static Optional<EmbeddedModel> named(String id) {
        return Arrays.stream(values()).filter(m -> m.id.equals(id)).findFirst();
    }

    /** All names, for messages. */
    public static String names() {
        return Arrays.stream(values()).map(EmbeddedModel::id).collect(Collectors.joining(", "));
    }

    /**
     * The model as its authors use it.
     *
     * @param options what counts in place of that
     * @throws ModelException when its jar is not on the class path, or the options do not fit it
     */
    public Model model(ModelOptions options) {
        var onnx = file(resource + ".onnx");
        var tokenizer = tokenizer();
        var model = new Model(
                id,
                List.of(onnx),
                options.onnxOutput().orElse(""),
                List.of(),
                List.of(),
                tokenizer,
                "",
                new Architecture.Known(
                        "bert", TransformerShape.bert(HIDDEN, layers, 12, 4 * HIDDEN, 30_522, 512, 1e-12f)),
                HIDDEN,
                maxSeqLength,
                new TextPreparation(
                        new Prompts(id, Map.of(), Optional.empty()).choose(options), false, new TreeMap<>()),
                options.apply(Head.of(pooling, true), HIDDEN),
                Revision.of(List.of(onnx, tokenizer)));
        options.revision().ifPresent(expected -> Revision.check(id, expected, model.revision()));
        return options.maxSeqLength().map(model::withMaxSeqLength).orElse(model);
    }

    /**
     * The same with nothing changed.
     *
     * @throws ModelException when its jar is not on the class path
     */
    public Model model() {
        return model(ModelOptions.NONE);
    }

    /**
     * Its tokenizer.json alone, without a look at its weights.
     *
     * @throws ModelException when its jar is not on the class path
     */
    public ModelFile tokenizer() {
        return file(resource + "-tokenizer.json");
    }

    /** The coordinates of its jar, without a version: {@code GROUP:ARTIFACT}. */
    String coordinates() {
        return "dev.langchain4j:langchain4j-embeddings-" + id.replace(".", "");
    }

    private ModelFile file(String name) {
        try {
            return ModelFile.of(name, new ModelFile.Location.Resource(name));
        } catch (ModelException e) {
            throw new ModelException(
                    "model %s: its jar is not on the class path (%s is missing); add %s"
                            .formatted(id, name, coordinates()),
                    e);
        }
    }
}
