package dev.packhorse.stores.flight;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Hands results out to any client that speaks Arrow Flight: ListFlights, GetFlightInfo, GetSchema and DoGet, with an endpoint for
 * each part; it takes nothing. A client that reads slowly slows down its own stream alone, of which at most one batch and what
 * Flight holds back (10 MB) wait. Thread-safe.
 */
public final class FlightServing implements AutoCloseable {

    /** What it can be told. */
    public static final List<Option<?>> OPTIONS = FlightOptions.SERVING;

    /** The name of the secret by which clients are let in. */
    public static final String TOKEN = FlightOptions.TOKEN;

    /** Clients send tickets and names, and nothing large. */
    private static final int LARGEST_REQUEST = 1 << 20; // bytes

    private static final int END_SECONDS = 10;

    private final boolean tls;
    private final String host;
    private final int port; // the server tells it only as long as it listens
    private final BufferAllocator allocator;
    private final ExecutorService streams;
    private final FlightServer server;
    private boolean closed;

    private FlightServing(
            boolean tls, String host, BufferAllocator allocator, ExecutorService streams, FlightServer server) {
        this.tls = tls;
        this.host = host;
        this.allocator = allocator;
        this.streams = streams;
        this.server = server;
        this.port = server.getPort();
    }

    /**
     * Begins to listen.
     *
     * @param results each with a name of its own
     * @param options values of {@link #OPTIONS}
     * @param secrets the token, where clients must show one
     * @throws OptionException when it would listen to other hosts without TLS and a token
     * @throws StoreException when it cannot listen
     */
    public static FlightServing start(List<? extends FlightResult> results, OptionValues options, Secrets secrets) {
        var token = FlightToken.of(secrets);
        check(options, token);
        var host = options.get(FlightOptions.HOST);
        var certificate = options.find(FlightOptions.CERTIFICATE_FILE);
        var allocator = FlightMemory.open();
        var streams = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "packhorse-flight-stream");
            thread.setDaemon(true);
            return thread;
        });
        try {
            var byName = results.stream()
                    .collect(Collectors.<FlightResult, String, FlightResult>toMap(
                            FlightResult::name, Function.identity()));
            var producer = new ServedFlights(byName, allocator, streams, options.get(FlightOptions.TIMEOUT));
            var port = options.get(FlightOptions.PORT);
            var location =
                    certificate.isPresent() ? Location.forGrpcTls(host, port) : Location.forGrpcInsecure(host, port);
            var builder = FlightServer.builder(allocator, location, producer).maxInboundMessageSize(LARGEST_REQUEST);
            if (certificate.isPresent()) {
                useTls(builder, certificate.get(), options.get(FlightOptions.KEY_FILE));
            }
            token.ifPresent(text ->
                    builder.middleware(FlightServerMiddleware.Key.of("packhorse.token"), FlightToken.guard(text)));
            var server = build(builder, host, port);
            return new FlightServing(certificate.isPresent(), host, allocator, streams, server);
        } catch (RuntimeException | Error e) {
            streams.shutdownNow();
            allocator.close();
            throw e;
        }
    }

    /**
     * Holds the options against each other; touches no network.
     *
     * @throws OptionException when it would listen to other hosts without TLS and a token
     */
    public static void check(OptionValues options, Secrets secrets) {
        check(options, FlightToken.of(secrets));
    }

    private static void check(OptionValues options, Optional<String> token) {
        var host = options.get(FlightOptions.HOST);
        var certificate = options.find(FlightOptions.CERTIFICATE_FILE).isPresent();
        if (certificate != options.find(FlightOptions.KEY_FILE).isPresent()) {
            throw new OptionException(
                    "--flight-certificate-file and --flight-key-file: expected both or neither, found one of them");
        }
        if (FlightToken.isLoopback(host)) {
            return;
        }
        if (!certificate) {
            throw new OptionException(
                    "--flight-host %s: expected --flight-certificate-file and --flight-key-file to let other hosts in, found none"
                            .formatted(host));
        }
        if (token.isEmpty()) {
            throw new OptionException(
                    "--flight-host %s: expected a token to let other hosts in, found none; it comes from PACKHORSE_FLIGHT_TOKEN in"
                                    .formatted(host)
                            + " the environment, --secrets-file, or Hadoop's credential provider");
        }
    }

    private static void useTls(FlightServer.Builder builder, String certificate, String key) {
        try {
            builder.useTls(new File(certificate), new File(key));
        } catch (IOException e) {
            throw new StoreException(
                    "expected a certificate in --flight-certificate-file %s and its key in --flight-key-file %s, found %s"
                            .formatted(certificate, key, e),
                    e);
        }
    }

    private static FlightServer build(FlightServer.Builder builder, String host, int port) {
        try {
            return builder.build().start();
        } catch (IOException e) {
            throw new StoreException(
                    "expected to listen on %s, port %d, found %s; --flight-port 0 takes one that is free"
                            .formatted(host, port, e),
                    e);
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    "expected a certificate and its key (PKCS #8), both in PEM, in --flight-certificate-file and"
                            + " --flight-key-file, found something else",
                    e);
        }
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Its address as Arrow's clients take it: {@code grpc://127.0.0.1:8815}. */
    public String address() {
        return "%s://%s:%d".formatted(tls ? "grpc+tls" : "grpc", host, port);
    }

    /** How much of Arrow's memory it holds beside what results hold, in bytes. */
    public long memory() {
        return allocator.getAllocatedMemory();
    }

    /** Waits until it has been closed, or the thread is interrupted. */
    public void await() throws InterruptedException {
        server.awaitTermination();
    }

    /** Breaks off what clients still read, and listens no more; may be called twice. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        streams.shutdownNow();
        try {
            server.close();
            streams.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        FlightMemory.close(allocator, address());
    }
}
