package dev.packhorse.stores.flight;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.VectorRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;

/** Flights in memory, in rows by id, in a server of their own on this machine. Thread-safe. */
final class TestFlights extends NoOpFlightProducer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ENDPOINTS = 4;
    private static final int BATCH = 50; // rows

    final List<String> notes = new CopyOnWriteArrayList<>();
    private final Map<String, Map<String, TestRow>> flights = new ConcurrentHashMap<>();
    private final Map<String, Map<String, String>> marks = new ConcurrentHashMap<>();
    private final BufferAllocator allocator = new RootAllocator();
    private final FlightServer server;

    TestFlights() {
        try {
            server = FlightServer.builder(allocator, Location.forGrpcInsecure("127.0.0.1", 0), this)
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address(String name) {
        return "flight://127.0.0.1:%d/%s".formatted(server.getPort(), name);
    }

    List<TestRow> rows(String name) {
        return List.copyOf(flights.getOrDefault(name, Map.of()).values());
    }

    private Map<String, TestRow> find(String name) {
        return Optional.ofNullable(flights.get(name)).orElseThrow(() -> CallStatus.NOT_FOUND
                .withDescription("no flight " + name)
                .toRuntimeException());
    }

    @Override
    public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
        var name = descriptor.getPath().get(0);
        var rows = find(name).size();
        var endpoints = IntStream.range(0, ENDPOINTS)
                .mapToObj(i -> new FlightEndpoint(new Ticket((i + ":" + name).getBytes(UTF_8))))
                .toList();
        return new FlightInfo(TestRow.TABLE.schema(), descriptor, endpoints, -1, rows);
    }

    @Override
    public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
        var text = new String(ticket.getBytes(), UTF_8).split(":", 2);
        var part = find(text[1]).values().stream()
                .filter(row -> Math.floorMod(row.id().hashCode(), ENDPOINTS) == Integer.parseInt(text[0]))
                .toList();
        try (var root = VectorSchemaRoot.create(TestRow.TABLE.schema(), allocator)) {
            listener.start(root);
            for (var from = 0; from < part.size(); from += BATCH) {
                try (var batch = TestRow.batch(
                                TestRow.TABLE, part.subList(from, Math.min(part.size(), from + BATCH)), allocator);
                        var unloaded = new VectorUnloader(batch).getRecordBatch()) {
                    new VectorLoader(root).load(unloaded);
                    listener.putNext();
                }
            }
        }
        listener.completed();
    }

    @Override
    public Runnable acceptPut(CallContext context, FlightStream stream, StreamListener<PutResult> acknowledgements) {
        return () -> {
            var path = stream.getDescriptor().getPath();
            var rows = flights.computeIfAbsent(path.get(0), name -> new ConcurrentHashMap<>());
            while (stream.next()) {
                if (stream.getLatestMetadata() != null) {
                    var bytes = new byte[(int) stream.getLatestMetadata().readableBytes()];
                    stream.getLatestMetadata().getBytes(0, bytes);
                    notes.add(path + new String(bytes, UTF_8));
                }
                if (path.size() == 1) {
                    rows(stream.getRoot()).forEach(row -> rows.put(row.id(), row));
                } else {
                    var ids = (VarCharVector) stream.getRoot().getVector(VectorTable.ID);
                    for (var i = 0; i < ids.getValueCount(); i++) {
                        rows.remove(new String(ids.get(i), UTF_8));
                    }
                }
            }
            acknowledgements.onCompleted();
        };
    }

    /** Rows out of a batch. */
    static List<TestRow> rows(VectorSchemaRoot batch) {
        var read = new VectorRows(TestRow.TABLE, batch);
        var rows = new ArrayList<TestRow>();
        for (var i = 0; i < read.count(); i++) {
            var carried = new ArrayList<Optional<Object>>();
            for (var column = 0; column < TestRow.TABLE.carried().size(); column++) {
                carried.add(read.carried(i, column));
            }
            rows.add(new TestRow(read.id(i), read.vector(i), read.contentHash(i), carried, read.metadata(i)));
        }
        return rows;
    }

    @Override
    public void listActions(CallContext context, StreamListener<ActionType> listener) {
        listener.onNext(new ActionType(FlightStore.MARK, ""));
        listener.onNext(new ActionType(FlightStore.SET_MARK, ""));
        listener.onCompleted();
    }

    @Override
    public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
        try {
            JsonNode body = JSON.readTree(action.getBody());
            var name = body.get("name").textValue();
            if (action.getType().equals(FlightStore.SET_MARK)) {
                marks.put(
                        name,
                        new TreeMap<>(
                                JSON.convertValue(body.get("mark"), new TypeReference<Map<String, String>>() {})));
            } else if (marks.containsKey(name)) {
                listener.onNext(new Result(JSON.writeValueAsBytes(marks.get(name))));
            }
            listener.onCompleted();
        } catch (IOException e) {
            listener.onError(e);
        }
    }

    @Override
    public void close() throws Exception {
        server.close();
        close(allocator);
    }

    /** Closes a server's memory once its threads are done with calls that clients broke off; tests' own limits end this. */
    static void close(BufferAllocator serversAllocator) throws InterruptedException {
        while (serversAllocator.getAllocatedMemory() > 0) {
            Thread.sleep(10);
        }
        serversAllocator.close();
    }
}
