package dev.packhorse.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

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

    /** The graphs that were exported of it: by torch's older exporter, by its newer one, with the weights in a second file. */
    public List<String> graphs() {
        return Stream.of("onnx/model.onnx", "onnx/model-dynamo.onnx", "onnx-external/model.onnx")
                .filter(graph -> Files.exists(folder().resolve(graph)))
                .toList();
    }

    /** The model's folder; read only. */
    public Path folder() {
        return FamilyFixtures.folder(family);
    }

    public JsonNode configJson() {
        return FamilyFixtures.json(folder().resolve(config));
    }

    public Path weightsFile() {
        return folder().resolve(weights);
    }

    /** The id of the pooling that the vectors were made with. */
    public String pooling() {
        return FamilyFixtures.json(folder().resolve("reference.json"))
                .get("pooling")
                .asText();
    }

    /** [64] arrays of token ids, special tokens included. */
    public List<int[]> tokenIds() {
        return FamilyFixtures.reference(family).tokenIds();
    }

    /** [64][D] normalised. */
    public float[][] referenceVectors() {
        var dimension = FamilyFixtures.reference(family).vectors()[0].length;
        return FamilyFixtures.vectors(folder().resolve(vectors), dimension);
    }

    @Override
    public String toString() {
        return "%s, %s, %s, %s".formatted(family, config, weights, vectors);
    }
}
