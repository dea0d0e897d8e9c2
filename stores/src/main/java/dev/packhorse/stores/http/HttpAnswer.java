package dev.packhorse.stores.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * What a server said. Immutable.
 *
 * @param of what it answers, and where, for messages
 * @param status of HTTP
 * @param retryAfter its header of that name
 * @param body all of it
 * @param secrets not to be repeated
 */
public record HttpAnswer(String of, int status, Optional<String> retryAfter, byte[] body, Secrets secrets) {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final int MOST_OF_A_PAGE = 300; // characters

    /** Whether it is one of the 2xx. */
    public boolean isFine() {
        return status / 100 == 2;
    }

    /**
     * Its body.
     *
     * @throws StoreException when it is not JSON
     */
    public JsonNode json() {
        try {
            var tree = JSON.readTree(body);
            if (tree != null && !tree.isMissingNode()) {
                return tree;
            }
        } catch (IOException e) {
            // said below
        }
        throw nonsense("JSON");
    }

    /** What is thrown where it is not what the store's API promises. */
    public StoreException nonsense(String expected) {
        return new StoreException(
                "%s: expected %s, found status %d with %d bytes: %s; is that the address of such a store?"
                        .formatted(of, expected, status, body.length, page()));
    }

    /** What is thrown where it is a refusal. */
    public StoreException refusal() {
        var hint =
                switch (status) {
                    case 401 -> "; is the password or token right?";
                    case 403 -> "; may this user write here, and is the store open for writes?";
                    case 404 -> "; has it been removed, or is the address of another server?";
                    case 413 -> "; give a smaller " + HttpOptions.REQUEST_BYTES.flag();
                    default -> status / 100 == 3 ? "; give the address that it is sent on to" : "";
                };
        return new StoreException("%s: expected it to be done, found %s%s".formatted(of, says(), hint));
    }

    /** Its status and its reason, as OpenSearch and Chroma give one, or the beginning of its body. */
    public String says() {
        if (body.length == 0) {
            return "status " + status;
        }
        try {
            return "status " + status + ": " + secrets.redact(reason(JSON.readTree(body)));
        } catch (IOException e) {
            return "status " + status + ": " + page();
        }
    }

    /**
     * The reason in an error, which is a text, or has a type, a reason and what caused it, or a message.
     *
     * @param node of an answer or of a row of it
     */
    public static String reason(JsonNode node) {
        var error = node.path("error").isObject() ? node.path("error") : node;
        var reason = error.path("reason")
                .asText(error.path("message").asText(error.path("error").asText("")));
        var cause = error.path("caused_by").path("reason").asText("");
        var kind = error.path("type").asText("");
        var text = (kind.isEmpty() ? "" : kind + ": ")
                + (reason.isEmpty() ? "no reason" : reason)
                + (cause.isEmpty() ? "" : ": " + cause);
        return text.length() > MOST_OF_A_PAGE * 2 ? text.substring(0, MOST_OF_A_PAGE * 2) + "..." : text;
    }

    private String page() {
        var text = new String(body, 0, Math.min(body.length, MOST_OF_A_PAGE), UTF_8);
        return secrets.redact(text.replaceAll("\\s+", " ").strip());
    }

    /** How long the server asks to be left alone, in seconds or until a date (RFC 9110, 10.2.3). */
    Optional<Duration> wait(Instant now) {
        return retryAfter.flatMap(text -> {
            try {
                return Optional.of(Duration.ofSeconds(Math.max(0, Long.parseLong(text.strip()))));
            } catch (NumberFormatException e) {
                return untilDate(text, now);
            }
        });
    }

    private static Optional<Duration> untilDate(String text, Instant now) {
        try {
            var date = ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
            var wait = Duration.between(now, date.toInstant());
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
