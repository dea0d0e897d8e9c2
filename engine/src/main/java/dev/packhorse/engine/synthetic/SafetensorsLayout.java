package dev.packhorse.engine.synthetic;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where weights lie in a safetensors file. Format: github.com/huggingface/safetensors, README.md, "Format": the header's
 * length in 8 bytes, a JSON header that may end in spaces, the data. Immutable.
 */
final class SafetensorsLayout {

    /** Headers are filled up so that data begins at a whole line of the CPU's caches. */
    private static final int LINE = 64; // bytes

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Parameter> parameters;
    private final byte[] header; // with its length in front
    private final Map<String, Long> offsets = new HashMap<>(); // in the file

    SafetensorsLayout(List<Parameter> parameters) {
        this.parameters = parameters;
        var json = JSON.createObjectNode();
        json.putObject("__metadata__").put("format", "pt");
        var end = 0L;
        for (var parameter : parameters) {
            var entry = json.putObject(parameter.name()).put("dtype", "F32");
            parameter.shape().forEach(entry.putArray("shape")::add);
            entry.putArray("data_offsets").add(end).add(end + parameter.bytes());
            offsets.put(parameter.name(), end);
            end += parameter.bytes();
        }
        this.header = header(json.toString());
        offsets.replaceAll((name, offset) -> header.length + offset);
    }

    private static byte[] header(String json) {
        var text = json.getBytes(StandardCharsets.UTF_8);
        var length = (Long.BYTES + text.length + LINE - 1) / LINE * LINE - Long.BYTES;
        var bytes = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(text);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.array();
    }

    /** Where a parameter's first byte lies in the file. */
    long offset(Parameter parameter) {
        return offsets.get(parameter.name());
    }

    /** Writes the whole file. */
    void writeTo(OutputStream out) throws IOException {
        out.write(header);
        for (var parameter : parameters) {
            new RandomNumbers(parameter).writeTo(out);
        }
    }
}
