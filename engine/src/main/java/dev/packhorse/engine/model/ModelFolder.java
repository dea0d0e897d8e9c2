package dev.packhorse.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Architecture.Opaque;
import dev.packhorse.engine.families.Families;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads a model folder in the layout that sentence-transformers writes: config.json, tokenizer.json, weights (see
 * {@link WeightFiles}), modules.json with a folder for each module, sentence_bert_config.json and
 * config_sentence_transformers.json. A folder without a modules.json is read as sentence-transformers does: the mean of
 * all tokens, and nothing of its own two files.
 *
 * <p>An ONNX or TorchScript file alone, beside its tokenizer.json, is read with whatever of the other files is there; the
 * latter does not tell the length of its vectors, which config.json then must. Thread-safe: each call reads on its own, and
 * keeps nothing.
 */
public final class ModelFolder {

    private static final String WIDTH = "hidden_size";

    private final Contents contents;
    private final Optional<String> bare;
    private final ModelOptions options;

    private ModelFolder(Folder folder, Optional<String> bare, ModelOptions options) {
        this.contents = new Contents(folder);
        this.bare = bare;
        this.options = options;
    }

    /**
     * Reads a model of this machine's disk, everything as its files say.
     *
     * @throws ModelException when a file is missing, broken, or asks for what is not supported
     */
    public static Model read(Path folder) {
        return read(LocalFolder.of(folder), ModelOptions.NONE);
    }

    /**
     * Reads a model.
     *
     * @param options what counts in place of what its files say
     * @throws ModelException when a file is missing, broken, or asks for what is not supported; or is not of the revision
     *     that was asked for
     */
    public static Model read(Folder folder, ModelOptions options) {
        return new ModelFolder(folder, Optional.empty(), options).read();
    }

    /** The same for an ONNX or TorchScript file of that name in the folder. */
    static Model readFile(Folder folder, String file, ModelOptions options) {
        return new ModelFolder(folder, Optional.of(file), options).read();
    }

    private Model read() {
        var modules = Modules.read(contents);
        var encoder = modules.transformer();
        var readsPipeline = bare.isPresent() || contents.has(Modules.FILE);
        var configFile = Names.below(encoder, "config.json");
        var config = bare.isEmpty() ? contents.json(configFile) : contents.optionalJson(configFile);
        var described = architecture(configFile, config);
        var weights = bare.map(file -> WeightFiles.of(contents, file))
                .orElseGet(() -> WeightFiles.read(contents, encoder, described));
        var output = output(weights);
        var hidden = hidden(described, configFile, config, output);
        var texts = EncoderConfig.read(contents, encoder, readsPipeline, positions(described, config));
        var pipeline = readsPipeline ? pipeline() : MissingNode.getInstance();
        var head = pooled(truncated(modules.head(contents, hidden), pipeline, hidden), output);
        var model = new Model(
                contents.folder().name() + bare.map(file -> "/" + file).orElse(""),
                weights.onnx(),
                options.onnxOutput().orElse(""),
                weights.safetensors(),
                weights.torchscript(),
                contents.file(Names.below(encoder, "tokenizer.json")),
                contents.has(configFile) ? contents.file(configFile).sha256() : "",
                architecture(described, output),
                hidden,
                maxSeqLength(texts),
                new TextPreparation(
                        Prompts.read(contents, pipeline).choose(options), texts.lowerCase(), texts.tokenizer()),
                options.apply(head, hidden),
                contents.revision());
        options.revision().ifPresent(expected -> Revision.check(model.name(), expected, model.revision()));
        return options.maxSeqLength().map(model::withMaxSeqLength).orElse(model);
    }

    private Architecture architecture(String configFile, JsonNode config) {
        return config.isMissingNode()
                ? new Opaque(
                        List.of(new Condition(
                                "config.json",
                                "one beside the " + (isBareGraph() ? "ONNX" : "TorchScript") + " file",
                                "none")),
                        Architecture.UNKNOWN_PADDING)
                : Families.describe(contents.where(configFile), config);
    }

    private boolean isBareGraph() {
        return bare.filter(file -> !WeightFiles.isTorchscript(file)).isPresent();
    }

    /** The graph's output that somebody asked for, or that is all that there is. */
    private Optional<SignatureOutput> output(WeightFiles weights) {
        if (!isBareGraph() && options.onnxOutput().isEmpty()) {
            return Optional.empty();
        }
        var graph = weights.graph()
                .orElseThrow(() -> new ModelException(
                        "--onnx-output: expected a model with an ONNX file, found none in " + contents.folder()));
        return Optional.of(SignatureOutput.choose(
                graph.files().get(0).location().toString(), graph.signature(), options.onnxOutput()));
    }

    /** Somebody may have put more behind the encoder's last layer, which our own layers know nothing of. */
    private Architecture architecture(Architecture described, Optional<SignatureOutput> output) {
        if (!isBareGraph()
                || output.isEmpty()
                || !(described instanceof Known known)
                || !output.get().perToken()) {
            return described;
        }
        var found = output.get();
        var hidden = known.shape().hidden();
        if (found.isLastLayers() && found.width().orElse(hidden) == hidden) {
            return described;
        }
        var width = found.width().isPresent() ? " of " + found.width().getAsInt() : "";
        return new Opaque(
                List.of(new Condition(
                        "output of the ONNX file",
                        "last_hidden_state or token_embeddings of %d numbers".formatted(hidden),
                        found.name() + width)),
                described.padding());
    }

    private int hidden(Architecture described, String configFile, JsonNode config, Optional<SignatureOutput> output) {
        var width = output.map(SignatureOutput::width).orElse(OptionalInt.empty());
        if (width.isPresent()) {
            return width.getAsInt();
        }
        return described instanceof Known known
                ? known.shape().hidden()
                : Numbers.positive(contents.where(configFile), config, WIDTH);
    }

    /** config_sentence_transformers.json, of a model that gives one vector for a text. */
    private JsonNode pipeline() {
        var json = contents.optionalJson(Prompts.FILE);
        var type = json.path("model_type").asText("SentenceTransformer");
        if (!type.equals("SentenceTransformer")) {
            throw new ModelException("%s: expected model_type SentenceTransformer, found %s"
                    .formatted(contents.where(Prompts.FILE), type));
        }
        return json;
    }

    /** A model may say that its vectors are to be cut. */
    private Head truncated(Head head, JsonNode pipeline, int hidden) {
        return pipeline.hasNonNull("truncate_dim") && options.truncateDim().isEmpty()
                ? head.withDimension(hidden, Numbers.positive(contents.where(Prompts.FILE), pipeline, "truncate_dim"))
                : head;
    }

    /** What a graph pools is not pooled again; that it went through the model's dense layers too nobody can know. */
    private Head pooled(Head head, Optional<SignatureOutput> output) {
        if (output.isEmpty() || output.get().perToken()) {
            return head;
        }
        if (!options.poolings().isEmpty()) {
            throw new ModelException(
                    "--pooling: expected none where the ONNX file's output %s gives one vector for each"
                                    .formatted(output.get().name())
                            + " row, found " + options.poolings());
        }
        if (!head.files().isEmpty()) {
            throw new ModelException(
                    "--onnx-output: expected an output of token vectors for a model with Dense modules, found %s"
                            .formatted(output.get().name()));
        }
        return head.withPoolings(List.of());
    }

    private static OptionalInt positions(Architecture architecture, JsonNode config) {
        if (architecture instanceof Known known) {
            return OptionalInt.of(known.shape().positions());
        }
        var written = config.path("max_position_embeddings");
        return written.isIntegralNumber() && written.asInt() > 0
                ? OptionalInt.of(written.asInt())
                : OptionalInt.empty();
    }

    private int maxSeqLength(EncoderConfig texts) {
        return texts.maxSeqLength().orElseGet(() -> options.maxSeqLength()
                .orElseThrow(() -> new ModelException(
                        "%s: expected max_seq_length in sentence_bert_config.json,".formatted(contents.folder())
                                + " max_position_embeddings in config.json, or model_max_length in tokenizer_config.json,"
                                + " found none of them; say --max-seq-length")));
    }
}
