package dev.packhorse.stores.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.udf.options.OptionValues;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that do not do what they should: each ends in a message, and none in a wait. */
@Timeout(60)
class FlightFailuresTest {

    private static final String TOKEN = "t0p-secret";

    private final RootAllocator allocator = new RootAllocator();
    private final RootAllocator serversAllocator = new RootAllocator();
    private final List<TestRow> rows = TestRow.random("a", 100, Seeds.random());
    private final CountDownLatch end = new CountDownLatch(1);
    private Optional<FlightServer> server = Optional.empty();

    @AfterEach
    void closes() throws Exception {
        end.countDown();
        if (server.isPresent()) {
            server.get().close();
        }
        TestFlights.close(serversAllocator);
        allocator.close();
    }

    private Store start(FlightProducer producer) throws IOException {
        var started = FlightServer.builder(serversAllocator, Location.forGrpcInsecure("127.0.0.1", 0), producer)
                .build()
                .start();
        server = Optional.of(started);
        return open(started.getPort());
    }

    private static Store open(int port) {
        var known = new ArrayList<>(StoreOptions.ALL);
        known.addAll(FlightOptions.STORE);
        var options = OptionValues.read(known, Map.of(), Map.of("flight-timeout", List.of("2s")));
        return new FlightKind()
                .open(new StoreRequest(
                        "flight://127.0.0.1:" + port + "/v", options, new Secrets(Map.of("token", TOKEN)), Map.of()));
    }

    private Receipt write(Store store, int batches) {
        try (var writer = store.writer(TestRow.TABLE, new WriteTask("run", 0, 0));
                var batch = TestRow.batch(TestRow.TABLE, rows, allocator)) {
            for (var i = 0; i < batches; i++) {
                writer.write(batch);
            }
            return writer.commit();
        }
    }

    private interface Put {
        void take(FlightStream stream) throws Exception;
    }

    private static FlightProducer putting(Put put) {
        return new NoOpFlightProducer() {
            @Override
            public Runnable acceptPut(
                    CallContext context, FlightStream stream, StreamListener<PutResult> acknowledgements) {
                return () -> {
                    try {
                        put.take(stream);
                        acknowledgements.onCompleted();
                    } catch (Exception e) {
                        acknowledgements.onError(e);
                    }
                };
            }
        };
    }

    @Test
    void nobodyListens() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var store = open(port);

        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("flight://127.0.0.1:" + port
                        + "/v: expected what it says of the flight, found UNAVAILABLE (io exception")
                .hasMessageEndingWith("; is it running there, and does --flight-tls say what it speaks?");
        assertThatThrownBy(() -> write(store, 1))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("/v: expected it to take all rows, found UNAVAILABLE (");
    }

    @Test
    void somebodyListensAndSaysNothing() throws Exception {
        try (var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var store = open(socket.getLocalPort());

            assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("/v: expected what it says of the flight, found TIMED_OUT (")
                    .hasMessageEndingWith("; --flight-timeout says how long it may take");
            assertThatThrownBy(() -> write(store, 1))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(
                            "/v: expected it to take a batch within 2 s (--flight-timeout), found that it takes none");
        }
    }

    @Test
    void rowsAreNeverAcknowledged() throws Exception {
        var store = start(putting(stream -> {
            while (stream.next()) {
                // reads all, and says nothing
            }
            end.await(1, TimeUnit.MINUTES);
        }));

        assertThatThrownBy(() -> write(store, 2))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith(
                        "/v: expected an acknowledgement of all rows within 2 s (--flight-timeout), found none");
    }

    @Test
    void rowsAreNeverRead() throws Exception {
        var store = start(putting(stream -> end.await(1, TimeUnit.MINUTES)));

        assertThatThrownBy(() -> write(store, 10_000))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith(
                        "/v: expected it to take a batch within 2 s (--flight-timeout), found that it takes none");
    }

    @Test
    void aStreamThatEndsBeforeTheLastRowIsNoSuccess() throws Exception {
        var store = start(putting(FlightStream::next));

        assertThatThrownBy(() -> write(store, 10_000))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith("/v: expected it to take all rows, found that it ended before the last");
    }

    @Test
    void refusalsSayWhatTheServerSays() throws Exception {
        var store = start(putting(stream -> {
            stream.next();
            throw CallStatus.UNAVAILABLE
                    .withDescription("disk full; token " + TOKEN)
                    .toRuntimeException();
        }));

        assertThatThrownBy(() -> write(store, 10_000))
                .isInstanceOf(StoreException.class)
                .hasNoCause()
                .hasMessageEndingWith(
                        "/v: expected it to take all rows, found UNAVAILABLE (disk full; token ***); is it running"
                                + " there, and does --flight-tls say what it speaks?");
    }

    @Test
    void aFullServerIsNamedAsOne() throws Exception {
        var store = start(putting(stream -> {
            throw Status.RESOURCE_EXHAUSTED.withDescription("quota").asRuntimeException();
        }));

        assertThatThrownBy(() -> write(store, 1))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("/v: expected it to take all rows, found ")
                .hasMessageContaining("quota");
    }

    @Test
    void aServerThatTakesNothingSaysSo() throws Exception {
        var store = start(new NoOpFlightProducer());

        assertThat(store.prepare(TestRow.TABLE)).isEqualTo(new Contents(true, Optional.empty(), false));
        assertThat(store.search(TestRow.TABLE)).isEmpty();
        assertThat(store.stored(TestRow.TABLE, 0, 1)).isExhausted();
        store.mark(TestRow.TABLE, new ExportMark("source", "1", "table", 1)); // is not kept
        store.publish(TestRow.TABLE, "run", List.of(Receipt.of(7, 0, List.of()))); // nobody counts
        assertThatThrownBy(() -> write(store, 1))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith(
                        "/v: expected it to take all rows, found UNIMPLEMENTED (Not implemented.); it does not take"
                                + " what export sends, see docs/EXPORT.md");
    }

    @Test
    void aServerThatCountsFewerRowsThanItTookHasLostSome() throws Exception {
        var store = start(telling(TestRow.TABLE.schema(), 99));

        assertThatThrownBy(() -> store.publish(
                        TestRow.TABLE, "run", List.of(Receipt.of(60, 0, List.of()), Receipt.of(40, 1, List.of()))))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith("/v: expected at least the 100 rows that were sent, found that it counts 99");
    }

    @Test
    void anotherSchemaIsRefused() throws Exception {
        var id = Field.notNullable("id", ArrowType.Utf8.INSTANCE);
        var store = start(telling(new Schema(List.of(id)), -1));

        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith("/v: expected a column vector (FixedSizeList(8)), found only [id]");
    }

    @Test
    void anotherTypeIsRefused() throws Exception {
        var id = Field.notNullable("id", ArrowType.Binary.INSTANCE);
        var store = start(telling(new Schema(List.of(id)), -1));

        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("/v: expected a column id of id: Utf8 not null, found id: Binary not null");
    }

    @Test
    void rowsThatDoNotComeEndTheReading() throws Exception {
        var store = start(telling(TestRow.TABLE.schema(), -1));

        try (var stored = store.stored(TestRow.TABLE, 0, 1)) {
            assertThatThrownBy(stored::hasNext)
                    .isInstanceOf(StoreException.class)
                    .hasMessageEndingWith("/v: expected a batch within 2 s (--flight-timeout), found none");
        }
    }

    @Test
    void aMarkThatIsNoJsonIsRefused() throws Exception {
        var store = start(new NoOpFlightProducer() {
            @Override
            public void listActions(CallContext context, StreamListener<ActionType> listener) {
                listener.onNext(new ActionType(FlightStore.MARK, ""));
                listener.onCompleted();
            }

            @Override
            public void doAction(
                    CallContext context,
                    org.apache.arrow.flight.Action action,
                    StreamListener<org.apache.arrow.flight.Result> listener) {
                listener.onNext(new org.apache.arrow.flight.Result("<html>".getBytes(StandardCharsets.UTF_8)));
                listener.onCompleted();
            }
        });

        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith("/v: expected a JSON object in answer to packhorse.mark, found another text");
    }

    @Test
    void aCertificateFileThatIsNotThereIsNamed() {
        var known = new ArrayList<>(StoreOptions.ALL);
        known.addAll(FlightOptions.STORE);
        var options = OptionValues.read(
                known, Map.of(), Map.of("flight-tls", List.of("true"), "flight-ca-file", List.of("/no/such.pem")));
        var store = new FlightKind().open(new StoreRequest("flight://localhost:1/v", options, Secrets.NONE, Map.of()));

        assertThatThrownBy(() -> store.prepare(TestRow.TABLE))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "flight://localhost:1/v: expected certificates in PEM in --flight-ca-file /no/such.pem, found"
                                + " java.nio.file.NoSuchFileException: /no/such.pem; the file must be there on every executor");
    }

    /** Tells of a flight, and then sends nothing of it. */
    private FlightProducer telling(Schema schema, long records) {
        return new NoOpFlightProducer() {
            @Override
            public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
                return new FlightInfo(
                        schema, descriptor, List.of(new FlightEndpoint(new Ticket(new byte[] {1}))), -1, records);
            }

            @Override
            public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
                try (var root = VectorSchemaRoot.create(schema, serversAllocator)) {
                    listener.start(root);
                }
            }
        };
    }
}
