package dev.packhorse.stores.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows as JSON, of which requests are put together, be it of some of them again. Not thread-safe. */
final class EncodedRows {

    /** Its quick writer gives the shortest text that is read back as the same number (Raffaello Giulietti's Schubfach). */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .rootValueSeparator((String) null)
            .build();

    private final List<BatchProtocol.Part> parts;
    private final JsonBytes[] bytes; // one for each part
    private final JsonGenerator[] generators; // one for each part
    private int[] ends = new int[1024]; // [rows, parts] row-major: where a row's bytes end
    private final List<String> ids = new ArrayList<>();

    EncodedRows(List<BatchProtocol.Part> parts) {
        this.parts = parts;
        this.bytes = new JsonBytes[parts.size()];
        this.generators = new JsonGenerator[parts.size()];
        try {
            for (var i = 0; i < bytes.length; i++) {
                bytes[i] = new JsonBytes();
                generators[i] = JSON.createGenerator(bytes[i]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail so
        }
    }

    /** Adds a row. */
    void add(String id, RowEncoder encoder) {
        try {
            encoder.encode(generators);
            for (var generator : generators) {
                generator.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail so
        }
        var place = ids.size() * bytes.length;
        if (place + bytes.length > ends.length) {
            ends = Arrays.copyOf(ends, ends.length * 2);
        }
        for (var i = 0; i < bytes.length; i++) {
            ends[place + i] = bytes[i].size();
        }
        ids.add(id);
    }

    int count() {
        return ids.size();
    }

    String id(int row) {
        return ids.get(row);
    }

    /** Bytes of all rows; what stands around and between them is little. */
    long size() {
        return Arrays.stream(bytes).mapToLong(JsonBytes::size).sum();
    }

    /** Puts a request together. */
    void compose(List<Integer> rows, JsonBytes into) {
        into.clear();
        for (var i = 0; i < bytes.length; i++) {
            var part = parts.get(i);
            write(part.before(), into);
            var between = part.between().getBytes(UTF_8);
            for (var k = 0; k < rows.size(); k++) {
                if (k > 0) {
                    into.write(between, 0, between.length);
                }
                var row = rows.get(k);
                into.write(bytes[i], begin(row, i), ends[row * bytes.length + i]);
            }
            write(part.after(), into);
        }
    }

    private static void write(String text, JsonBytes into) {
        var encoded = text.getBytes(UTF_8);
        into.write(encoded, 0, encoded.length);
    }

    private int begin(int row, int part) {
        return row == 0 ? 0 : ends[(row - 1) * bytes.length + part];
    }

    /** Forgets the rows before one. */
    void keepFrom(int row) {
        var kept = ids.size() - row;
        for (var i = 0; i < bytes.length; i++) {
            var from = begin(row, i);
            bytes[i].keepFrom(from);
            for (var k = 0; k < kept; k++) {
                ends[k * bytes.length + i] = ends[(row + k) * bytes.length + i] - from;
            }
        }
        ids.subList(0, row).clear();
    }
}
