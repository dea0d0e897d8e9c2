package dev.packhorse.engine.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads which tensors a safetensors file holds: 8 bytes of header length, little-endian, a JSON header, the data.
 * Format: github.com/huggingface/safetensors, README.md, "Format"; what is refused is what its own reader refuses
 * (safetensors/src/tensor.rs, validate): data that overlaps, has holes or does not fill the file.
 */
final class SafetensorsDirectory {

    /** The format's own limit. */
    private static final long MAX_HEADER = 100_000_000;

    /** Names are not interned: they come once, and a hostile file has millions. Depth: header, entry, array. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxStringLength(1 << 16)
                    .build())
            .build();

    private final SourceFile file;
    private final long data; // where the data begins
    private final JsonParser json;
    private final Allowance allowance = new Allowance();
    private final Map<String, Entry> entries = new TreeMap<>();

    private SafetensorsDirectory(SourceFile file, long data, JsonParser json) {
        this.file = file;
        this.data = data;
        this.json = json;
    }

    /**
     * A tensor as the header has it.
     *
     * @param begin of its bytes, counted from the data's beginning
     * @param end behind its last byte
     */
    private record Entry(String name, String dtype, List<Long> shape, long begin, long end) {}

    static Map<String, StoredTensor> read(SourceFile file) throws IOException {
        var length = headerLength(file);
        var header = new InputStreamReader(
                new SpanStream(file.channel(), new Span(Long.BYTES, length)), StandardCharsets.UTF_8.newDecoder());
        try (var json = JSON.createParser(header)) {
            json.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE); // the file is not the parser's
            var directory = new SafetensorsDirectory(file, Long.BYTES + length, json);
            directory.readHeader();
            directory.requireNoHoles();
            return directory.tensors();
        } catch (JsonProcessingException e) {
            throw new ModelException("expected a JSON header, found: " + e.getOriginalMessage());
        }
    }

    private static long headerLength(SourceFile file) throws IOException {
        var length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (length.hasRemaining()) {
            if (file.channel().read(length, length.position()) < 0) {
                throw new ModelException("expected a safetensors header, found the end of the file");
            }
        }
        var headerLength = length.getLong(0);
        if (headerLength < 2 || headerLength > Math.min(MAX_HEADER, file.size() - Long.BYTES)) {
            throw new ModelException("expected a safetensors header that fits the file, found one of %d bytes in %d"
                    .formatted(headerLength, file.size()));
        }
        return headerLength;
    }

    private void readHeader() throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new ModelException("expected a JSON object as header, found " + json.currentToken());
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var name = json.currentName();
            json.nextToken();
            if (name.equals("__metadata__")) {
                json.skipChildren();
            } else {
                allowance.take(name.length());
                if (entries.put(name, readEntry(name)) != null) {
                    throw new ModelException("expected one tensor %s, found two".formatted(name));
                }
            }
        }
        if (json.nextToken() != null) {
            throw new ModelException("expected the end of the header, found " + json.currentToken());
        }
    }

    private Entry readEntry(String name) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new ModelException(
                    "expected a JSON object as entry of %s, found %s".formatted(name, json.currentToken()));
        }
        var dtype = "";
        List<List<Long>> shapes = new ArrayList<>();
        List<List<Long>> offsets = new ArrayList<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var key = json.currentName();
            json.nextToken();
            switch (key) {
                case "dtype" -> dtype = readType(name, dtype);
                case "shape" -> shapes.add(readNumbers(name, key));
                case "data_offsets" -> offsets.add(readNumbers(name, key));
                default -> json.skipChildren();
            }
            if (shapes.size() > 1 || offsets.size() > 1) {
                throw new ModelException("expected one %s of %s, found two".formatted(key, name));
            }
        }
        if (dtype.isEmpty()
                || shapes.isEmpty()
                || offsets.isEmpty()
                || offsets.get(0).size() != 2) {
            throw new ModelException(
                    "expected dtype, shape and two data_offsets of %s, found dtype %s, shape %s, offsets %s"
                            .formatted(name, dtype, shapes, offsets));
        }
        return new Entry(
                name,
                dtype,
                shapes.get(0),
                offsets.get(0).get(0),
                offsets.get(0).get(1));
    }

    private String readType(String name, String before) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING || !before.isEmpty()) {
            throw new ModelException("expected one dtype of %s, found %s".formatted(name, json.currentToken()));
        }
        return json.getText();
    }

    private List<Long> readNumbers(String name, String key) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new ModelException(
                    "expected an array as %s of %s, found %s".formatted(key, name, json.currentToken()));
        }
        var numbers = new ArrayList<Long>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || numbers.size() == Shapes.MOST_DIMENSIONS) {
                throw new ModelException("expected at most %d whole numbers as %s of %s, found %s"
                        .formatted(Shapes.MOST_DIMENSIONS, key, name, json.currentToken()));
            }
            numbers.add(json.getLongValue());
        }
        return numbers;
    }

    /** Those of other types too: the format's own reader wants their data one behind the other, up to the end. */
    private void requireNoHoles() {
        var sorted = new ArrayList<>(entries.values());
        sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        var at = 0L;
        for (var entry : sorted) {
            if (entry.begin() != at || entry.end() < at || entry.end() > file.size() - data) {
                throw new ModelException("expected data of %s from %d on within %d bytes, found offsets [%d, %d]"
                        .formatted(entry.name(), at, file.size() - data, entry.begin(), entry.end()));
            }
            at = entry.end();
        }
        if (at != file.size() - data) {
            throw new ModelException(
                    "expected %d bytes of data behind the header, found %d".formatted(at, file.size() - data));
        }
    }

    private Map<String, StoredTensor> tensors() {
        var tensors = new TreeMap<String, StoredTensor>();
        for (var entry : entries.values()) {
            var shape = Shapes.of(entry.name(), entry.shape());
            switch (entry.dtype()) {
                case "F32" -> tensors.put(entry.name(), stored(entry, shape, NumberType.FLOAT32));
                case "F16" -> tensors.put(entry.name(), stored(entry, shape, NumberType.FLOAT16));
                case "BF16" -> tensors.put(entry.name(), stored(entry, shape, NumberType.BFLOAT16));
                default -> {} // position ids and other integers, which no layer computes with
            }
        }
        return tensors;
    }

    private StoredTensor stored(Entry entry, long[] shape, NumberType type) {
        var bytes = Shapes.size(shape) * type.bytes();
        if (entry.end() - entry.begin() != bytes) {
            throw new ModelException("expected %d bytes of %s, found offsets [%d, %d]"
                    .formatted(bytes, entry.name(), entry.begin(), entry.end()));
        }
        return new StoredTensor(type, shape, false, false, file, new Span(data + entry.begin(), bytes));
    }
}
