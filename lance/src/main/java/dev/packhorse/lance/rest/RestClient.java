package dev.packhorse.lance.rest;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.http.BoundedBody;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends requests, again where the server is busy or cannot be reached. All that is sent may be sent twice without harm. Thread-safe.
 */
final class RestClient {

    static final String JSON = "application/json";
    static final String ARROW = "application/vnd.apache.arrow.stream";

    private static final int MOST_ATTEMPTS = 7;

    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** Of one attempt. */
    static final Duration ANSWER = Duration.ofMinutes(2);

    /** In bytes; larger than any answer to what is asked here. */
    static final int MOST_OF_AN_ANSWER = 256 << 20;

    /** Of all attempts: none begins later. */
    private static final Duration ALL = Duration.ofMinutes(5);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private static final String NO_ANSWER =
            "see that the server runs and can be reached from here, and run the export again";

    private final RestPlace place;
    private final Duration firstPause;
    private final Duration patience;
    private final int mostOfAnAnswer;
    private final HttpClient client;

    RestClient(RestPlace place) {
        this(place, FIRST_PAUSE, ANSWER, MOST_OF_AN_ANSWER);
    }

    /**
     * @param firstPause before the second attempt; those that follow are longer
     * @param patience with one answer, its body included
     * @param mostOfAnAnswer bytes
     */
    RestClient(RestPlace place, Duration firstPause, Duration patience, int mostOfAnAnswer) {
        this.place = place;
        this.firstPause = firstPause;
        this.patience = patience;
        this.mostOfAnAnswer = mostOfAnAnswer;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .build();
    }

    /** Posts a body; what comes back is the server's last word, good or not. */
    RestAnswer post(String path, String type, HttpRequest.BodyPublisher body) {
        return send(request(path).header("Content-Type", type).POST(body).build());
    }

    /** The same with nothing but a path. */
    RestAnswer get(String path) {
        return send(request(path).GET().build());
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(place.server() + path));
        place.secrets().find(RestPlace.TOKEN).ifPresent(token -> request.header("x-api-key", token));
        return request;
    }

    private RestAnswer send(HttpRequest request) {
        var begun = System.nanoTime();
        var pause = firstPause;
        for (var attempt = 1; ; attempt++) {
            var last = attempt == MOST_ATTEMPTS || System.nanoTime() - begun > ALL.toNanos();
            try {
                var response = once(request);
                var answer = new RestAnswer(response.statusCode(), response.body());
                if (answer.status() == 401 || answer.status() == 403) {
                    throw place.failure(
                            "to be let in",
                            answer.message(),
                            "give the token as PACKHORSE_LANCEDB_TOKEN in the environment, in --secrets-file, or by Hadoop's credential provider");
                }
                if (last || !answer.isPassing()) {
                    return answer;
                }
                pause = longer(pause, response);
            } catch (IOException e) {
                if (last) {
                    throw place.failure("an answer", name(e), NO_ANSWER);
                }
                pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
            } catch (InterruptedException e) {
                throw interrupted();
            }
            sleep(pause);
        }
    }

    /** One attempt. HttpRequest's own timeout ends with the first line of an answer, however long the rest of it takes. */
    private HttpResponse<byte[]> once(HttpRequest request) throws IOException, InterruptedException {
        var answer = client.sendAsync(request, info -> new BoundedBody(mostOfAnAnswer));
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("after %d ms without the end of an answer".formatted(patience.toMillis()));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            answer.cancel(true); // nothing where it is there
        }
    }

    /** Of what has no message, such as a host that nobody knows, the class is all there is to say. */
    private static String name(IOException e) {
        var name = e.getClass().getSimpleName();
        return e.getMessage() == null ? name + ", a host or port that nobody answers at" : name + " " + e.getMessage();
    }

    private static Duration longer(Duration pause, HttpResponse<?> response) {
        var asked = response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("\\d{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
        return min(asked.orElse(pause.multipliedBy(2)), LONGEST_PAUSE);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Waits about so long, not all tasks for the same time. */
    void sleep(Duration pause) {
        try {
            Thread.sleep((long)
                    (pause.toMillis() * (0.5 + ThreadLocalRandom.current().nextDouble())));
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private StoreException interrupted() {
        Thread.currentThread().interrupt();
        return place.failure("an answer", "that the task was told to stop", "nothing is to be done");
    }
}
