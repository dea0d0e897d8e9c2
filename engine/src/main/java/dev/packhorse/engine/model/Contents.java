package dev.packhorse.engine.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Reads a model's folder and remembers which files it read, for they are the model's revision. Not thread-safe. */
final class Contents {

    /** No configuration comes near; a file of weights under a wrong name is refused unread. */
    private static final long MOST_JSON_BYTES = 16L << 20;

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(100).build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private final Folder folder;
    private final Map<String, ModelFile> files = new TreeMap<>();
    private final Map<String, JsonNode> parsed = new TreeMap<>();

    Contents(Folder folder) {
        this.folder = folder;
    }

    Folder folder() {
        return folder;
    }

    boolean has(String path) {
        return folder.has(path);
    }

    /** What messages call a file. */
    String where(String path) {
        return folder.location(path).toString();
    }

    /** @throws ModelException when it is not there or cannot be read */
    ModelFile file(String path) {
        if (!files.containsKey(path)) {
            files.put(path, ModelFile.of(path, folder.location(path)));
        }
        return files.get(path);
    }

    /** @throws ModelException when it is not there, cannot be read, is too large or no JSON */
    JsonNode json(String path) {
        if (!parsed.containsKey(path)) {
            var bytes = ModelFile.bytes(folder.location(path), MOST_JSON_BYTES);
            parsed.put(path, parse(path, bytes));
            files.put(path, new ModelFile(path, folder.location(path), hex(bytes)));
        }
        return parsed.get(path);
    }

    /** The file's JSON, or nothing where there is no such file. */
    JsonNode optionalJson(String path) {
        return has(path) ? json(path) : MissingNode.getInstance();
    }

    /** The revision of all that was read until now. */
    String revision() {
        return Revision.of(files.values());
    }

    private JsonNode parse(String path, byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new ModelException("%s: expected JSON, found: %s".formatted(where(path), e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new ModelException("%s: expected JSON, found: %s".formatted(where(path), e), e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(Sha256.digest().digest(bytes));
    }
}
