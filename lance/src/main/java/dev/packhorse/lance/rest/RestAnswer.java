package dev.packhorse.lance.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * What a server has answered.
 *
 * @param status of HTTP
 */
@SuppressWarnings("ArrayRecordComponent")
record RestAnswer(int status, byte[] body) {

    static final ObjectMapper JSON = new ObjectMapper();

    private static final int MOST_OF_A_MESSAGE = 400; // characters

    boolean isDone() {
        return status >= 200 && status < 300;
    }

    boolean isMissing() {
        return status == 404;
    }

    /** Whether the server says that it is busy, or ill, or that others wrote at the same time. */
    boolean isPassing() {
        return status == 408
                || status == 429
                || (status == 409 && message().contains("onflict"))
                || (status >= 500 && !isUnknown() && !isOfTheRequest());
    }

    /** Whether it is the request that does not fit, of which some servers say that it is their own failure. */
    private boolean isOfTheRequest() {
        return message().matches("(?s).*(InvalidInput|Invalid user input|different schema).*");
    }

    /** Whether the server does not know what it was asked to do. */
    boolean isUnknown() {
        return status == 405
                || status == 501
                || (status >= 400 && message().matches("(?s).*([Nn]ot implemented|Not supported|Unsupported).*"));
    }

    /** Whether it does not take the rows that it was sent. */
    boolean isOfTheRows() {
        return status == 400 || status == 413 || status == 422;
    }

    JsonNode json() throws IOException {
        return JSON.readTree(body);
    }

    /** What it says of a failure. */
    String message() {
        var text = new String(body, UTF_8);
        try {
            var error = json().path("error");
            if (error.isTextual()) {
                text = error.asText();
            } else if (error.path("message").isTextual()) {
                text = error.path("message").asText();
            }
        } catch (IOException e) {
            // no JSON then
        }
        text = text.replaceAll(", /\\S+\\.rs:\\d+:\\d+", "").strip();
        return "status %d: %s"
                .formatted(
                        status,
                        text.length() > MOST_OF_A_MESSAGE ? text.substring(0, MOST_OF_A_MESSAGE) + "..." : text);
    }
}
