package dev.packhorse.engine.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.engine.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads which tensors a safetensors file holds: 8 bytes of header length, little-endian, a JSON header, the data.
 * Format: github.com/huggingface/safetensors, README.md, "Format".
 */
final class SafetensorsDirectory {

    /** The format's own limit. */
    private static final long MAX_HEADER = 100_000_000;

    private SafetensorsDirectory() {}

    static Map<String, StoredTensor> read(FileChannel channel) throws IOException {
        var length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, length, 0);
        var headerLength = length.getLong(0);
        if (headerLength < 2 || headerLength > Math.min(MAX_HEADER, channel.size() - Long.BYTES)) {
            throw new ModelException("expected a safetensors header that fits the file, found one of %d bytes in %d"
                    .formatted(headerLength, channel.size()));
        }
        var header = ByteBuffer.allocate((int) headerLength);
        readFully(channel, header, Long.BYTES);
        var data = Long.BYTES + headerLength;
        var tensors = new TreeMap<String, StoredTensor>();
        for (var entry : new ObjectMapper().readTree(header.array()).properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                add(entry.getKey(), entry.getValue(), data, channel.size(), tensors);
            }
        }
        return tensors;
    }

    private static void add(String name, JsonNode entry, long data, long end, Map<String, StoredTensor> tensors) {
        var type =
                switch (entry.path("dtype").asText()) {
                    case "F32" -> NumberType.FLOAT32;
                    case "F16" -> NumberType.FLOAT16;
                    case "BF16" -> NumberType.BFLOAT16;
                    default -> null;
                };
        if (type == null) {
            return; // position ids and other integers, which no layer computes with
        }
        var shape = new long[entry.path("shape").size()];
        for (var i = 0; i < shape.length; i++) {
            shape[i] = entry.path("shape").path(i).asLong();
        }
        var offsets = entry.path("data_offsets");
        var tensor = new StoredTensor(type, shape, false, data + offsets.path(0).asLong());
        var bytes = offsets.path(1).asLong() - offsets.path(0).asLong();
        if (bytes != tensor.size() * type.bytes() || tensor.position() < data || tensor.position() + bytes > end) {
            throw new ModelException("expected %d bytes of %s within the file, found offsets %s"
                    .formatted(tensor.size() * type.bytes(), name, offsets));
        }
        tensors.put(name, tensor);
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, position + into.position()) < 0) {
                throw new ModelException("expected a safetensors header, found the end of the file");
            }
        }
    }
}
