package dev.packhorse.engine.measure;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes spans for Chrome's tracing page and Perfetto: "complete" events of the Trace Event Format (Google, 2016), one
 * process for each encoder, times in microseconds. Without state: any thread may write.
 */
public final class ChromeTrace {

    private ChromeTrace() {}

    /**
     * Writes a file.
     *
     * @param processes what they are called, and their spans; each begins at time 0
     * @throws UncheckedIOException when it cannot be written
     */
    public static void write(Path file, Map<String, List<Span>> processes) {
        try (var json = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringField("displayTimeUnit", "ms");
            json.writeArrayFieldStart("traceEvents");
            var process = 1;
            for (var entry : processes.entrySet()) {
                writeName(json, process, entry.getKey());
                var began = entry.getValue().stream()
                        .mapToDouble(Span::startMicros)
                        .min()
                        .orElse(0);
                for (var span : entry.getValue()) {
                    write(json, process, span, began);
                }
                process++;
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("could not write the trace " + file, e);
        }
    }

    private static void writeName(JsonGenerator json, int process, String name) throws IOException {
        json.writeStartObject();
        json.writeStringField("ph", "M");
        json.writeStringField("name", "process_name");
        json.writeNumberField("pid", process);
        json.writeObjectFieldStart("args");
        json.writeStringField("name", name);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, int process, Span span, double began) throws IOException {
        json.writeStartObject();
        json.writeStringField("ph", "X");
        json.writeStringField("name", span.operator());
        json.writeStringField("cat", "encoder");
        json.writeNumberField("pid", process);
        json.writeNumberField("tid", span.thread());
        json.writeNumberField("ts", span.startMicros() - began);
        json.writeNumberField("dur", span.micros());
        if (!span.detail().isEmpty()) {
            json.writeObjectFieldStart("args");
            json.writeStringField("node", span.detail());
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
