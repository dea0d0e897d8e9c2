package dev.packhorse.stores.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server that says what a test tells it to, in order, the last again and again; and does worse when told so. */
public final class FakeServer implements AutoCloseable {

    /** What came. */
    public record Asked(String method, String path, Map<String, String> headers, String body) {}

    /** What it does with a request. */
    @FunctionalInterface
    public interface Reply {
        void give(HttpExchange exchange) throws Exception;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
    private final Queue<Reply> replies = new ArrayDeque<>();

    /** Starts it on any port of this machine. */
    public FakeServer(Reply... replies) throws IOException {
        this.replies.addAll(List.of(replies));
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = new TreeMap<String, String>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
            asked.add(new Asked(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    headers,
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
            Reply next;
            synchronized (replies) {
                next = replies.size() > 1 ? replies.remove() : replies.element();
            }
            next.give(exchange);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** A whole answer. */
    public static Reply says(int status, String body, String... headers) {
        return exchange -> {
            for (var i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            var bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** Part of what was announced, and then the end of the connection. */
    public static Reply breaksOff(String body) {
        return exchange -> {
            exchange.sendResponseHeaders(200, body.length() + 1000L);
            exchange.getResponseBody().write(body.getBytes(UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("as told");
        };
    }

    /** Nothing. */
    public Reply neverAnswers() {
        return exchange -> closed.await(1, TimeUnit.MINUTES);
    }

    /** The beginning of an answer, and no end. */
    public Reply neverEnds() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            closed.await(1, TimeUnit.MINUTES);
        };
    }

    /** What comes next, in place of what would. */
    public void then(Reply... next) {
        synchronized (replies) {
            replies.clear();
            replies.addAll(List.of(next));
        }
    }

    /** All requests, in order. */
    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** Of HTTP, without a slash at its end. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
