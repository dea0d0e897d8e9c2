package dev.packhorse.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.engine.Fixtures.Reference;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.families.Families;
import dev.packhorse.engine.model.ModelFile;
import dev.packhorse.engine.model.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/** The fixtures that {@code src/test/fixtures/make_families.py} made, as they lie below {@code fixtures/families}. */
public final class FamilyFixtures {

    private static final ObjectMapper JSON = new ObjectMapper();

    private FamilyFixtures() {}

    /** The folder of a family, such as {@code bert}, or of a layout, such as {@code layouts/dense}; read only. */
    public static Path folder(String name) {
        return Fixtures.families().resolve(name);
    }

    /** The texts that every reference of a family answers for. */
    public static List<String> texts() {
        var texts = new ArrayList<String>();
        json(folder("texts.json")).forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** A file with the fingerprint that it has now. */
    public static ModelFile file(Path path) {
        try {
            return new ModelFile(
                    path.getFileName().toString(),
                    new ModelFile.Location.Local(path.toString()),
                    HexFormat.of().formatHex(Sha256.digest().digest(Files.readAllBytes(path))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What config.json of a family says. */
    public static Architecture architecture(String family) {
        var path = folder(family).resolve("config.json");
        return Families.describe(path.toString(), json(path));
    }

    /** What sentence-transformers makes of the texts with a model; layouts without token ids of their own have BERT's. */
    public static Reference reference(String model) {
        var json = json(folder(model).resolve("reference.json"));
        var tokens = json.has("token_ids") ? json : json(folder("bert").resolve("reference.json"));
        var ids = new ArrayList<int[]>();
        tokens.get("token_ids").forEach(row -> ids.add(ints(row)));
        return new Reference(
                model,
                json.get("max_seq_length").asInt(),
                List.copyOf(ids),
                ints(tokens.get("lost_tokens")),
                vectors(
                        folder(model).resolve("reference.f32"),
                        json.get("dimension").asInt()));
    }

    /** A file of vectors, [N][D]. */
    static float[][] vectors(Path path, int dimension) {
        try {
            var floats = ByteBuffer.wrap(Files.readAllBytes(path))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            var vectors = new float[floats.remaining() / dimension][dimension];
            for (var vector : vectors) {
                floats.get(vector);
            }
            return vectors;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    static JsonNode json(Path path) {
        try {
            return JSON.readTree(Files.readAllBytes(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
