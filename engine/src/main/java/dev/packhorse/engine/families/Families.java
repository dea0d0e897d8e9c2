package dev.packhorse.engine.families;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Architecture.Opaque;
import dev.packhorse.engine.transformer.TransformerWeights;
import dev.packhorse.engine.weights.WeightsFile;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All families that there are. Thread-safe: they have no state. */
public final class Families {

    private static final List<Family> ALL = List.of(
            new BertFamily(),
            new RobertaFamily(),
            new DistilBertFamily(),
            new MpnetFamily(),
            new ElectraFamily(),
            new ModernBertFamily(),
            new NomicBertFamily(),
            new GteFamily());

    /** Kin of RoBERTa that we do not run ourselves, but whose positions begin where RoBERTa's do. */
    private static final Set<String> BEHIND_PADDING =
            Set.of("xlm-roberta-xl", "roberta-prelayernorm", "xmod", "data2vec-text", "ibert", "longformer");

    private Families() {}

    /**
     * What a config.json says is inside.
     *
     * @param file what messages call it
     * @throws ModelException when it is of a family that we know, but what must be there is missing or senseless
     */
    public static Architecture describe(String file, JsonNode json) {
        var modelType = json.path("model_type").asText("nothing");
        var family = find(modelType);
        var config = new Config(file, json);
        if (family.isEmpty()) {
            var failed = List.of(new Condition("model_type", "one of " + modelTypes(), modelType));
            return BEHIND_PADDING.contains(modelType)
                    ? new Opaque(failed, (int) config.number(1, "pad_token_id"))
                    : new Opaque(failed);
        }
        var shape = family.get().shape(config);
        return config.failed().isEmpty() ? new Known(modelType, shape) : new Opaque(config.failed(), shape.padding());
    }

    /** The values of {@code model_type} that we know. */
    public static List<String> modelTypes() {
        return ALL.stream().flatMap(family -> family.modelTypes().stream()).toList();
    }

    /**
     * The weights of a model; the caller closes them, and they are for one thread at a time, as the file is.
     *
     * @param file becomes the weights' to close; closed here where an exception is thrown
     * @throws ModelException when the file has not all of the tensors, or in other shapes
     */
    public static TransformerWeights weights(Known architecture, WeightsFile file) {
        try {
            var family = find(architecture.modelType()).orElseThrow();
            check(new FamilyWeights(family, architecture.shape(), Tensors.checking(file)));
            return new FamilyWeights(family, architecture.shape(), Tensors.reading(file));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Asks for everything once, so that what is missing shows before anything is computed. */
    private static void check(TransformerWeights weights) {
        weights.wordEmbeddings(FloatBuffer.allocate(0));
        weights.positionEmbeddings();
        weights.embeddingNorm();
        weights.embeddingProjection();
        weights.relativeBias();
        for (var layer = 0; layer < weights.shape().layers().size(); layer++) {
            weights.layer(layer);
        }
        weights.finalNorm();
    }

    private static Optional<Family> find(String modelType) {
        return ALL.stream()
                .filter(family -> family.modelTypes().contains(modelType))
                .findFirst();
    }
}
