package dev.packhorse.jobs.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/**
 * What a run was, as a JSON file beside its data.
 *
 * @param runId tells runs apart
 * @param started when it began
 * @param entries the JSON object, in order; not copied, treat as immutable
 */
public record Manifest(String runId, Instant started, Map<String, Object> entries) {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** {@code run-TIME-RUN.json}, the time in UTC. */
    String fileName() {
        return "run-" + NAME.format(started) + "-" + runId + ".json";
    }

    /** The file's bytes: UTF-8, with a line end. */
    byte[] json() {
        try {
            return (JSON.writeValueAsString(entries) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a manifest is plain maps, numbers and strings", e);
        }
    }
}
