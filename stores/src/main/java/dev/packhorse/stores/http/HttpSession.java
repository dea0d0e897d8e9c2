package dev.packhorse.stores.http;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Speaks with one server. A request that nobody answers, or that the server is too busy for (429, 502, 503, 504), is sent again
 * until {@link HttpLimits} end that; all that is sent must therefore do no harm when it comes twice. Not thread-safe.
 */
public final class HttpSession implements AutoCloseable {

    /** Larger than any answer to what is asked here. */
    private static final int MOST_OF_AN_ANSWER = 256 << 20;

    private static final Set<Integer> BUSY = Set.of(429, 502, 503, 504);

    private final HttpAddress address;
    private final Map<String, String> headers;
    private final Secrets secrets;
    private final HttpLimits limits;
    private final Pauses pauses;
    private final HttpClient client;

    /**
     * Connects when something is sent.
     *
     * @param headers of every request, such as those that hold a secret
     * @param secrets never repeated in a message
     */
    public HttpSession(
            HttpAddress address, Map<String, String> headers, Secrets secrets, HttpLimits limits, Pauses pauses) {
        this.address = address;
        this.headers = headers;
        this.secrets = secrets;
        this.limits = limits;
        this.pauses = pauses;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER) // whoever is next must not get the password
                .connectTimeout(limits.timeout())
                .build();
    }

    /** Where, for messages. */
    HttpAddress address() {
        return address;
    }

    HttpLimits limits() {
        return limits;
    }

    Pauses pauses() {
        return pauses;
    }

    /** Of messages about a request: what and where. */
    String what(HttpCall call) {
        var query = call.path().indexOf('?');
        return "%s: %s %s"
                .formatted(
                        address,
                        call.method(),
                        query < 0 ? call.path() : call.path().substring(0, query));
    }

    /**
     * Sends a request.
     *
     * @return the answer, whatever its status but busy
     * @throws StoreException when there is none in time
     */
    public HttpAnswer send(HttpCall call) {
        var what = what(call);
        var retries = new Retries(what, limits, pauses);
        while (true) {
            try {
                var answer = once(call, what, retries.timeLeft());
                if (!BUSY.contains(answer.status())) {
                    return answer;
                }
                retries.pause(answer.says(), answer.wait(pauses.now()));
            } catch (IOException e) {
                if (hasCause(e, CertificateException.class)) {
                    throw new StoreException(
                            "%s: expected a certificate that this JVM trusts for this host, found %s; give the authority that signed it in javax.net.ssl.trustStore"
                                    .formatted(what, text(e)));
                }
                if (hasCause(e, UnresolvedAddressException.class)) {
                    throw new StoreException("%s: expected a host, found none of the name %s"
                            .formatted(what, address.base().getHost()));
                }
                retries.pause(
                        e instanceof ConnectException ? "that it cannot be connected to" : text(e), Optional.empty());
            }
        }
    }

    /**
     * The same, of which nothing but 2xx is expected.
     *
     * @throws StoreException with the server's reason for any other status too
     */
    public HttpAnswer demand(HttpCall call) {
        var answer = send(call);
        if (!answer.isFine()) {
            throw answer.refusal();
        }
        return answer;
    }

    private HttpAnswer once(HttpCall call, String what, Duration left) throws IOException {
        var time = left.compareTo(limits.timeout()) < 0 ? left : limits.timeout();
        var request = HttpRequest.newBuilder(URI.create(address.base() + call.path()))
                .method(
                        call.method(),
                        call.length() == 0
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofByteArray(call.body(), 0, call.length()));
        if (call.length() > 0) {
            request.header("Content-Type", call.contentType());
        }
        headers.forEach(request::header);
        // HttpRequest's own timeout ends with the first line of an answer, however long the rest of it takes
        var answer = client.sendAsync(request.build(), info -> new BoundedBody(MOST_OF_AN_ANSWER));
        try {
            var response = answer.get(Math.max(1, time.toMillis()), TimeUnit.MILLISECONDS);
            return new HttpAnswer(what, response.statusCode(), retryAfter(response), response.body(), secrets);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new HttpTimeoutException("no answer in %d ms".formatted(time.toMillis()));
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw Retries.interrupted(what);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(e.getCause());
        }
    }

    private static Optional<String> retryAfter(HttpResponse<byte[]> response) {
        return response.headers().firstValue("Retry-After");
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private String text(IOException failure) {
        var message = failure.getMessage();
        return secrets.redact(
                message == null || message.isBlank() ? failure.getClass().getSimpleName() : message);
    }

    /** Lets connections go: on Java 21 and newer at once, before when the memory is cleaned. */
    @Override
    public void close() {
        if ((Object) client instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("an HTTP client that cannot be closed", e);
            }
        }
    }
}
