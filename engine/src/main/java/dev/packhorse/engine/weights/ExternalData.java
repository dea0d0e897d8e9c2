package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Where an ONNX tensor lies outside its graph. Format: TensorProto.external_data of onnx/onnx.proto, and
 * onnx/docs/ExternalData.md.
 *
 * @param location path of the file, relative to the graph's folder, with / between its parts
 * @param offset of the first byte
 * @param length in bytes; -1 where the graph does not say
 */
record ExternalData(String location, long offset, long length) {

    static final ExternalData NONE = new ExternalData("", 0, -1);

    /** This with another of the entries, which are pairs of texts. */
    ExternalData with(ProtobufReader entry) throws IOException {
        var key = "";
        var value = "";
        while (entry.next()) {
            switch (entry.field()) {
                case 1 -> key = entry.text();
                case 2 -> value = entry.text();
                default -> {}
            }
        }
        return switch (key) {
            case "location" -> new ExternalData(value, offset, length);
            case "offset" -> new ExternalData(location, number(key, value), length);
            case "length" -> new ExternalData(location, offset, number(key, value));
            default -> this; // a checksum
        };
    }

    private static long number(String key, String value) {
        try {
            var number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below, as negative ones are
        }
        throw new ModelException("expected a whole number as %s of external data, found %s".formatted(key, value));
    }

    /**
     * The location, which lies within the graph's folder by its name.
     *
     * @throws ModelException when it does not: a model must not read what else the machine has
     */
    String locationWithin() {
        var parts = location.split("/", -1);
        var leaves = Arrays.asList(parts).contains("..")
                || parts[0].isEmpty() // nothing, or absolute
                || location.indexOf('\\') >= 0
                || location.indexOf(':') >= 0 // a drive or a scheme
                || location.indexOf(0) >= 0;
        if (leaves) {
            throw new ModelException(
                    "expected external data in the folder of the graph, found location '%s'".formatted(location));
        }
        return location;
    }

    /**
     * The bytes of a tensor.
     *
     * @param least bytes that it needs
     * @throws ModelException when they are not in the file, or of another count
     */
    Span bytes(String tensor, SourceFile file, long least) {
        var found = length < 0 ? least : length;
        if (found != least || offset > file.size() || found > file.size() - offset) {
            throw new ModelException("expected %d bytes of %s within the %d of %s, found offset %d, length %d"
                    .formatted(least, tensor, file.size(), location, offset, found));
        }
        return new Span(offset, least);
    }
}
