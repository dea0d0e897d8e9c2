package dev.packhorse.stores.flight;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Function;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.auth2.BearerCredentialWriter;
import org.apache.arrow.flight.grpc.CredentialCallOption;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to a Flight server, opened by the first call. Whatever waits on it has an end. Not thread-safe. */
final class FlightConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FlightConnection.class);

    /** Of a question that found nobody. */
    private static final int TRIES = 3;

    private static final long PAUSE_MILLIS = 200;

    /** No answer is larger: a batch of 1,000 vectors of 4,096 numbers takes 16 MB. */
    private static final int LARGEST_MESSAGE = 256 << 20; // bytes

    /** What to do about statuses that say little; by name, for not every version of Flight has all. */
    private static final Map<String, String> ADVICE = Map.of(
            "UNAVAILABLE", "; is it running there, and does --flight-tls say what it speaks?",
            "UNAUTHENTICATED", "; it wants another token: PACKHORSE_FLIGHT_TOKEN",
            "UNAUTHORIZED", "; this token may not do that",
            "TIMED_OUT", "; --flight-timeout says how long it may take",
            "RESOURCE_EXHAUSTED", "; it is full, or wants fewer rows at a time: --batch-rows",
            "UNIMPLEMENTED", "; it does not take what export sends, see docs/EXPORT.md");

    private final FlightPlace place;
    private final Secrets secrets;
    private final List<CallOption> options;
    private final BufferAllocator allocator;
    private final FlightClient client;
    private final ScheduledExecutorService watch;
    private boolean closed;

    /** @param secrets the token among them, where there is one */
    FlightConnection(FlightPlace place, Secrets secrets) {
        this.place = place;
        this.secrets = secrets;
        this.options = FlightToken.of(secrets)
                .<CallOption>map(token -> new CredentialCallOption(new BearerCredentialWriter(token)))
                .map(List::of)
                .orElse(List.of());
        this.allocator = FlightMemory.open();
        try {
            this.client = build();
        } catch (RuntimeException | Error e) {
            allocator.close();
            throw e;
        }
        this.watch = watcher();
    }

    private static ScheduledExecutorService watcher() {
        var watcher = new ScheduledThreadPoolExecutor(1, task -> {
            var thread = new Thread(task, "packhorse-flight-watch");
            thread.setDaemon(true);
            return thread;
        });
        watcher.setRemoveOnCancelPolicy(true); // each batch leaves one behind
        return watcher;
    }

    private FlightClient build() {
        var builder = FlightClient.builder(
                        allocator,
                        place.tls()
                                ? Location.forGrpcTls(place.host(), place.port())
                                : Location.forGrpcInsecure(place.host(), place.port()))
                .maxInboundMessageSize(LARGEST_MESSAGE);
        if (!place.tls()) {
            return builder.build();
        }
        builder.useTls();
        if (place.caFile().isEmpty()) {
            return builder.build();
        }
        try (InputStream certificates = Files.newInputStream(Path.of(place.caFile()))) {
            return builder.trustedCertificates(certificates).build();
        } catch (IOException | IllegalArgumentException e) {
            throw new StoreException(
                    "%s: expected certificates in PEM in --flight-ca-file %s, found %s; the file must be there on every executor"
                            .formatted(place, place.caFile(), e));
        }
    }

    FlightPlace place() {
        return place;
    }

    BufferAllocator allocator() {
        return allocator;
    }

    FlightClient client() {
        return client;
    }

    /** Runs what ends waits that take too long. */
    ScheduledExecutorService watch() {
        return watch;
    }

    /** Of a call whose waits are bounded by who makes it. */
    CallOption[] options() {
        return options.toArray(CallOption[]::new);
    }

    /** The path of the flight, and what follows it. */
    FlightDescriptor descriptor(String... more) {
        var path = new ArrayList<String>();
        path.add(place.name());
        path.addAll(List.of(more));
        return FlightDescriptor.path(path);
    }

    /**
     * Asks, and asks again where nobody was found.
     *
     * @param what was asked for, for messages
     * @param call gets what bounds it
     */
    <T> T ask(String what, Function<CallOption[], T> call) {
        for (var tries = 1; ; tries++) {
            try {
                return call.apply(bounded());
            } catch (FlightRuntimeException e) {
                if (tries == TRIES || e.status().code() != FlightStatusCode.UNAVAILABLE) {
                    throw failure(what, e);
                }
                pause(tries * PAUSE_MILLIS);
            }
        }
    }

    private CallOption[] bounded() {
        var bounded = new ArrayList<>(options);
        bounded.add(CallOptions.timeout(place.timeout().toMillis(), MILLISECONDS));
        return bounded.toArray(CallOption[]::new);
    }

    private void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("%s: interrupted while waiting to ask again".formatted(place));
        }
    }

    /** What the server says of the flight; empty where it has none of that name, or says nothing of any. */
    Optional<FlightInfo> info() {
        return ask("what it says of the flight", bounded -> {
            try {
                return Optional.of(client.getInfo(descriptor(), bounded));
            } catch (FlightRuntimeException e) {
                if (e.status().code() == FlightStatusCode.NOT_FOUND
                        || e.status().code() == FlightStatusCode.UNIMPLEMENTED) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** Whether the server does a thing beyond what all Flight servers do. */
    boolean offers(String action) {
        return ask("the list of its actions", bounded -> {
            try {
                for (ActionType type : client.listActions(bounded)) {
                    if (type.getType().equals(action)) {
                        return true;
                    }
                }
                return false;
            } catch (FlightRuntimeException e) {
                if (e.status().code() == FlightStatusCode.UNIMPLEMENTED) {
                    return false;
                }
                throw e;
            }
        });
    }

    /** Lets the server do a thing; the first of its answers. */
    Optional<byte[]> act(Action action) {
        return ask("an answer to " + action.getType(), bounded -> {
            var first = Optional.<byte[]>empty();
            var answers = client.doAction(action, bounded);
            while (answers.hasNext()) {
                var answer = answers.next().getBody();
                first = first.or(() -> Optional.of(answer));
            }
            return first;
        });
    }

    /** What went wrong, in words that hold no secret; the cause is left out, for a server may say a secret back. */
    StoreException failure(String expected, Throwable found) {
        if (found instanceof StoreException already) {
            return already;
        }
        if (found instanceof FlightRuntimeException flight) {
            var status = flight.status();
            var code = status.code().name();
            var description = Optional.ofNullable(status.description())
                    .or(() -> Optional.ofNullable(status.cause()).map(Throwable::toString))
                    .orElse("no reason");
            return failure(expected, code + " (" + firstLine(description) + ")" + ADVICE.getOrDefault(code, ""));
        }
        return failure(expected, firstLine(found.toString()));
    }

    /** The same, of what no exception tells. */
    StoreException failure(String expected, String found) {
        return new StoreException(secrets.redact("%s: expected %s, found %s".formatted(place, expected, found)));
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        watch.shutdownNow();
        try {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            // what a call that broke down has left: it must not hide why it did
            LOG.warn("{}: Flight has left memory behind: {}", place, firstLine(String.valueOf(e.getMessage())));
            // its allocator is within ours, which counts it
        }
        FlightMemory.close(allocator, place.toString());
    }
}
