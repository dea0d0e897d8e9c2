package dev.packhorse.stores.flight;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;

/** What {@link FlightServing} answers: lists results, tells of them, and hands out their parts. Takes nothing. Thread-safe. */
final class ServedFlights extends NoOpFlightProducer {

    /** More would only share what the machine can do, and take more memory. */
    static final int MOST_STREAMS = 64;

    private final Map<String, FlightResult> results;
    private final BufferAllocator allocator;
    private final Executor streams;
    private final Duration timeout;
    private final Semaphore places = new Semaphore(MOST_STREAMS);

    /**
     * @param results by name
     * @param streams runs what waits for clients; Flight's own threads must not
     */
    ServedFlights(Map<String, FlightResult> results, BufferAllocator allocator, Executor streams, Duration timeout) {
        this.results = results;
        this.allocator = allocator;
        this.streams = streams;
        this.timeout = timeout;
    }

    @Override
    public void listFlights(CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
        results.values().forEach(result -> listener.onNext(info(result)));
        listener.onCompleted();
    }

    @Override
    public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
        var path = descriptor.isCommand() ? List.<String>of() : descriptor.getPath();
        if (path.size() != 1) {
            throw CallStatus.INVALID_ARGUMENT
                    .withDescription(
                            "expected the path of a flight, found a command, or another path; there are " + names())
                    .toRuntimeException();
        }
        return info(find(path.get(0)));
    }

    private FlightResult find(String name) {
        return Optional.ofNullable(results.get(name)).orElseThrow(() -> CallStatus.NOT_FOUND
                .withDescription("expected the name of a flight, found another; there are " + names())
                .toRuntimeException());
    }

    private List<String> names() {
        return results.keySet().stream().sorted().toList();
    }

    /** Of each part an endpoint, without a place: it is to be had where this was asked. */
    private static FlightInfo info(FlightResult result) {
        var endpoints = IntStream.range(0, result.partitions())
                .mapToObj(
                        partition -> new FlightEndpoint(new Ticket((partition + ":" + result.name()).getBytes(UTF_8))))
                .toList();
        return new FlightInfo(
                result.table().schema(), FlightDescriptor.path(result.name()), endpoints, -1, result.rows());
    }

    @Override
    public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
        var text = new String(ticket.getBytes(), UTF_8);
        var colon = text.indexOf(':');
        var result = find(text.substring(colon + 1));
        var partition = partition(text, colon, result);
        if (!places.tryAcquire()) {
            throw CallStatus.UNAVAILABLE
                    .withDescription(
                            "expected at most " + MOST_STREAMS + " streams at a time, found one more; try again later")
                    .toRuntimeException();
        }
        try {
            var stream = new ServedStream(result, partition, listener, allocator, timeout);
            streams.execute(() -> {
                try {
                    stream.run();
                } finally {
                    places.release();
                }
            });
        } catch (RejectedExecutionException e) {
            places.release();
            throw CallStatus.UNAVAILABLE.withDescription("the server is ending").toRuntimeException();
        }
    }

    private static int partition(String ticket, int colon, FlightResult result) {
        try {
            var partition = Integer.parseInt(ticket.substring(0, Math.max(0, colon)));
            if (partition >= 0 && partition < result.partitions()) {
                return partition;
            }
        } catch (NumberFormatException e) {
            throw notATicket(result);
        }
        throw notATicket(result);
    }

    private static FlightRuntimeException notATicket(FlightResult result) {
        return CallStatus.INVALID_ARGUMENT
                .withDescription(
                        "expected a ticket as GetFlightInfo gives it for %s, found another".formatted(result.name()))
                .toRuntimeException();
    }
}
