package dev.packhorse.udf;

import dev.packhorse.engine.model.EmbeddedModel;
import dev.packhorse.udf.options.Nearest;
import dev.packhorse.udf.options.OptionException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What users of DJL's Spark TextEmbedder write, and what it is here. */
final class DjlNames {

    /** DJL's engines that run encoders of texts. */
    private static final List<String> ENGINES = List.of("PyTorch", "OnnxRuntime", "Rust", "TensorFlow", "MXNet");

    private static final List<String> BATCHIFIERS = List.of("none", "stack", "padding");

    /** Those models of its zoo of Hugging Face's that are embedded here. */
    private static final Map<String, EmbeddedModel> ZOO = Map.of(
            "sentence-transformers/all-MiniLM-L6-v2", EmbeddedModel.ALL_MINILM_L6_V2,
            "BAAI/bge-small-en-v1.5", EmbeddedModel.BGE_SMALL_EN_V15);

    private static final Pattern ZOO_URL = Pattern.compile("djl://ai\\.djl\\.huggingface\\.[a-z]+/(.+)");
    private static final Pattern FOREIGN = Pattern.compile("(djl|https?|jar)://.*|[a-z0-9]+:.*\\?.*");

    /** By its name, for its class need not be here. */
    private static final String TRANSLATOR_FACTORY = "ai.djl.huggingface.translator.TextEmbeddingTranslatorFactory";

    private DjlNames() {}

    /**
     * The option {@code model} for a model URL.
     *
     * @throws OptionException for a URL that only DJL can follow
     */
    static String model(String modelUrl) {
        var url = given("modelUrl", modelUrl);
        var zoo = ZOO_URL.matcher(url);
        if (zoo.matches() && ZOO.containsKey(zoo.group(1))) {
            return ZOO.get(zoo.group(1)).id();
        }
        if (FOREIGN.matcher(url).matches()) {
            throw new OptionException(
                    "modelUrl: expected a folder, an archive or an ONNX file, local or on a Hadoop file system, or"
                            + " djl://ai.djl.huggingface.pytorch/ and one of %s, which are embedded, found %s;"
                                    .formatted(new TreeSet<>(ZOO.keySet()), url)
                            + " nothing is downloaded: put the model's files where Spark reads, and name that place");
        }
        return url;
    }

    /** @throws OptionException for what is none of its engines */
    static void checkEngine(String engine) {
        checkOneOf("engine", ENGINES, engine);
    }

    /** @throws OptionException for what is none of its batchifiers */
    static void checkBatchifier(String batchifier) {
        checkOneOf("batchifier", BATCHIFIERS, batchifier);
    }

    /** @throws OptionException for a size below 1 */
    static void checkBatchSize(int batchSize) {
        if (batchSize < 1) {
            throw new OptionException("batchSize: expected at least 1, found " + batchSize);
        }
    }

    /** @throws OptionException for another class than the one that is fixed here */
    static void checkClass(String name, Class<?> expected, Class<?> found) {
        if (expected != found) {
            throw new OptionException("%s: expected %s, found %s"
                    .formatted(name, expected.getSimpleName(), found == null ? "null" : found.getSimpleName()));
        }
    }

    /** @throws OptionException for a factory of somebody's own, which would make other vectors */
    static void checkTranslatorFactory(Object factory) {
        var found = factory == null ? "null" : factory.getClass().getName();
        if (!found.equals(TRANSLATOR_FACTORY)) {
            throw new OptionException(
                    "translatorFactory: expected %s, found %s; pooling, normalisation and prompt are options here"
                            .formatted(TRANSLATOR_FACTORY, found));
        }
    }

    private static void checkOneOf(String name, List<String> known, String value) {
        if (!known.contains(given(name, value))) {
            throw new OptionException("%s: expected one of %s, found '%s'; the nearest is %s"
                    .formatted(name, String.join(", ", known), value, Nearest.to(value, known)));
        }
    }

    private static String given(String name, String value) {
        if (value == null) {
            throw new OptionException(name + ": expected a text, found null");
        }
        return value;
    }
}
