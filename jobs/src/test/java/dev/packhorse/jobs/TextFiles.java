package dev.packhorse.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/** Inputs for jobs. */
public final class TextFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    private TextFiles() {}

    /** A file of JSON lines with the ids 0, 1, ... */
    public static Path json(Path file, List<String> texts) {
        return write(
                file,
                IntStream.range(0, texts.size())
                        .mapToObj(i -> json(i, texts.get(i)))
                        .toList());
    }

    /** One JSON line. */
    public static String json(Object id, String text) {
        var row = new LinkedHashMap<String, Object>();
        row.put("id", id);
        row.put("text", text);
        try {
            return JSON.writeValueAsString(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of lines. */
    public static Path write(Path file, List<String> lines) {
        try {
            Files.createDirectories(file.getParent());
            return Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
