package dev.packhorse.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A tiny model of one family that {@code src/test/fixtures/make_families.py} made, and what sentence-transformers makes of
 * 64 texts with it.
 *
 * @param family the folder below fixtures/families
 * @param config the file that says what is inside, of which some models have an older form too
 * @param weights the file of weights, of which some models have one with older names too
 * @param vectors the file of sentence-transformers' vectors
 */
public record FamilyFixture(String family, String config, String weights, String vectors) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** All families and, of each, all forms. */
    public static Stream<FamilyFixture> all() {
        return Stream.concat(
                families(),
                Stream.of(
                        new FamilyFixture("modernbert", "config-v4.json", "model.safetensors", "reference.f32"),
                        new FamilyFixture("nomic-bert", "config-v4.json", "model.safetensors", "reference.f32"),
                        new FamilyFixture("nomic-bert", "config.json", "model-native.safetensors", "reference.f32"),
                        new FamilyFixture("gte", "config-v4.json", "model-v4.safetensors", "reference.f32"),
                        new FamilyFixture(
                                "gte", "config-v4-ntk.json", "model-v4.safetensors", "reference-v4-ntk.f32")));
    }

    /** All families as they are saved today. */
    public static Stream<FamilyFixture> families() {
        return Stream.of(
                        "bert",
                        "roberta",
                        "xlm-roberta",
                        "camembert",
                        "distilbert",
                        "mpnet",
                        "electra",
                        "modernbert",
                        "nomic-bert",
                        "gte")
                .map(family -> new FamilyFixture(family, "config.json", "model.safetensors", "reference.f32"));
    }

    /** The texts that all of them answer for. */
    public static List<String> texts() {
        return StreamSupport.stream(json(root().resolve("texts.json")).spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** The model's folder; read only. */
    public Path folder() {
        return root().resolve(family);
    }

    public JsonNode configJson() {
        return json(folder().resolve(config));
    }

    public Path weightsFile() {
        return folder().resolve(weights);
    }

    /** The id of the pooling that the vectors were made with. */
    public String pooling() {
        return reference().get("pooling").asText();
    }

    /** [64] arrays of token ids, special tokens included. */
    public List<int[]> tokenIds() {
        var rows = new ArrayList<int[]>();
        for (var row : reference().get("token_ids")) {
            rows.add(StreamSupport.stream(row.spliterator(), false)
                    .mapToInt(JsonNode::asInt)
                    .toArray());
        }
        return rows;
    }

    /** [64][D] normalised. */
    public float[][] referenceVectors() {
        return floats(folder().resolve(vectors), reference().get("dimension").asInt());
    }

    private JsonNode reference() {
        return json(folder().resolve("reference.json"));
    }

    /** A file of vectors, [N][dimension]. */
    static float[][] floats(Path file, int dimension) {
        try {
            var floats = ByteBuffer.wrap(Files.readAllBytes(file))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            var rows = new float[floats.remaining() / dimension][dimension];
            for (var row : rows) {
                floats.get(row);
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        try {
            return Path.of(FamilyFixture.class
                            .getResource("/fixtures/families/texts.json")
                            .toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "%s, %s, %s, %s".formatted(family, config, weights, vectors);
    }
}
