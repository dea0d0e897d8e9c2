package dev.packhorse.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * The fixtures that {@code src/test/fixtures/make_fixtures.py} made: a tiny model, texts, and what other implementations
 * make of them. Works from a folder of classes and from the test jar alike.
 */
public final class Fixtures {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Fixtures() {}

    /** A folder of this JVM's own with the model tiny-bert; read only, gone when the JVM ends. */
    public static Path tinyBert() {
        return TinyBert.FOLDER;
    }

    /** The model tiny-bert in a folder that the test may change. */
    public static Path copyTinyBert(Path parent) {
        var target = parent.resolve("tiny-bert");
        copy("fixtures/tiny-bert", target);
        return target;
    }

    /** The texts that every reference answers for. */
    public static List<String> texts() {
        return StreamSupport.stream(json("texts.json").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /**
     * What a model makes of the texts, each alone.
     *
     * @param model all-minilm-l6-v2, bge-small-en-v1.5 or tiny-bert
     */
    public static Reference reference(String model) {
        var json = json(model + ".json");
        var ids = new ArrayList<int[]>();
        json.get("token_ids").forEach(row -> ids.add(ints(row)));
        return new Reference(
                model,
                json.get("max_seq_length").asInt(),
                ids,
                ints(json.get("lost_tokens")),
                vectors(model, ids.size(), json.get("dimension").asInt()));
    }

    /**
     * A reference; row i of each part belongs to text i.
     *
     * @param tokenIds N arrays of token ids, special tokens included
     * @param lostTokens [N] how many tokens the cut at {@code maxSeqLength} removed
     * @param vectors [N][D] normalised
     */
    public record Reference(
            String model, int maxSeqLength, List<int[]> tokenIds, int[] lostTokens, float[][] vectors) {}

    private static final class TinyBert {
        static final Path FOLDER = copyTinyBert(temporaryFolder());
    }

    private static final class Families {
        static final Path FOLDER = families(temporaryFolder().resolve("families"));

        private static Path families(Path target) {
            copy("fixtures/families", target);
            return target;
        }
    }

    /** The folder of all families; this JVM's own where the fixtures lie in a jar. Read only. */
    static Path families() {
        var anchor = Fixtures.class.getResource("/fixtures/families/texts.json");
        try {
            return anchor.getProtocol().equals("file") ? Path.of(anchor.toURI()).getParent() : Families.FOLDER;
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static float[][] vectors(String model, int rows, int dimension) {
        var floats = ByteBuffer.wrap(bytes(model + ".f32"))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        if (floats.remaining() != rows * dimension) {
            throw new IllegalStateException("%s.f32: expected %d rows of %d numbers, found %d numbers"
                    .formatted(model, rows, dimension, floats.remaining()));
        }
        var vectors = new float[rows][dimension];
        for (var vector : vectors) {
            floats.get(vector);
        }
        return vectors;
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    private static JsonNode json(String name) {
        try {
            return JSON.readTree(bytes(name));
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    private static byte[] bytes(String name) {
        try (var in = Fixtures.class.getResourceAsStream("/fixtures/reference/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no fixture reference/" + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    private static void copy(String folder, Path target) {
        try {
            var classes = Path.of(Fixtures.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            if (Files.isDirectory(classes)) {
                copy(classes.resolve(folder), target);
            } else {
                try (var jar = FileSystems.newFileSystem(classes)) {
                    copy(jar.getPath(folder), target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path source, Path target) throws IOException {
        try (var paths = Files.walk(source)) {
            for (var path : paths.toList()) {
                // by way of a string: a path inside a jar is of another file system
                Files.copy(path, target.resolve(source.relativize(path).toString()));
            }
        }
    }

    private static Path temporaryFolder() {
        try {
            var folder = Files.createTempDirectory("packhorse-fixtures-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (var paths = Files.walk(folder)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
