package dev.packhorse.stores.flight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FlightServingTest {

    private static final String TOKEN = "t0p-secret";

    private final RootAllocator allocator = new RootAllocator();
    private final RandomGenerator random = Seeds.random();

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeftOfArrowsMemory() {
        allocator.close();
    }

    static OptionValues options(String... given) {
        var values = new TreeMap<String, List<String>>();
        values.put("flight-port", List.of("0"));
        for (var i = 0; i < given.length; i += 2) {
            values.put(given[i], List.of(given[i + 1]));
        }
        return OptionValues.read(FlightServing.OPTIONS, Map.of(), values);
    }

    private static Secrets token(String token) {
        return new Secrets(Map.of(FlightServing.TOKEN, token));
    }

    private FlightClient client(FlightServing serving) {
        return FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", serving.port()))
                .build();
    }

    private TestResult result(int times) {
        return new TestResult(
                "vectors",
                List.of(TestRow.random("a", 70, random), TestRow.random("b", 30, random), List.of()),
                times,
                allocator);
    }

    @Test
    void allPartsAreHandedOut() throws Exception {
        var result = result(1);
        try (var serving = FlightServing.start(List.of(result), options(), Secrets.NONE);
                var client = client(serving)) {
            var listed = StreamSupport.stream(client.listFlights(Criteria.ALL).spliterator(), false)
                    .map(info -> info.getDescriptor().getPath())
                    .toList();
            var info = client.getInfo(FlightDescriptor.path("vectors"));
            var found = new ArrayList<TestRow>();
            for (var endpoint : info.getEndpoints()) {
                assertThat(endpoint.getLocations()).isEmpty();
                try (var stream = client.getStream(endpoint.getTicket())) {
                    assertThat(stream.getSchema()).isEqualTo(TestRow.TABLE.schema());
                    while (stream.next()) {
                        found.addAll(TestFlights.rows(stream.getRoot()));
                    }
                }
            }

            assertThat(serving.address()).isEqualTo("grpc://127.0.0.1:" + serving.port());
            assertThat(listed).containsExactly(List.of("vectors"));
            assertThat(info.getRecords()).isEqualTo(100);
            assertThat(client.getSchema(FlightDescriptor.path("vectors")).getSchema())
                    .isEqualTo(TestRow.TABLE.schema());
            assertThat(found.stream().map(row -> row.id() + row.vector()[7] + row.carried()))
                    .containsExactlyElementsOf(result.parts().stream()
                            .flatMap(List::stream)
                            .map(row -> row.id() + row.vector()[7] + row.carried())
                            .toList());
            assertThat(serving.memory()).isZero();
            serving.close();
            serving.close();
        }
    }

    @Test
    void whatIsNotThereOrNotTakenIsRefused() throws Exception {
        try (var serving = FlightServing.start(List.of(result(1)), options(), Secrets.NONE);
                var client = client(serving);
                var root = VectorSchemaRoot.create(TestRow.TABLE.schema(), allocator)) {
            assertThatThrownBy(() -> client.getInfo(FlightDescriptor.path("vector")))
                    .isInstanceOf(FlightRuntimeException.class)
                    .hasMessage("expected the name of a flight, found another; there are [vectors]");
            assertThatThrownBy(() -> client.getInfo(FlightDescriptor.command(new byte[] {1})))
                    .hasMessage("expected the path of a flight, found a command, or another path; there are [vectors]");
            for (var ticket : List.of("3:vectors", "-1:vectors", "x:vectors", "vectors")) {
                try (var stream = client.getStream(new Ticket(ticket.getBytes(UTF_8)))) {
                    assertThatThrownBy(stream::next)
                            .hasMessage("expected a ticket as GetFlightInfo gives it for vectors, found another");
                }
            }
            var put = client.startPut(FlightDescriptor.path("vectors"), root, new SyncPutListener());
            put.completed();
            assertThatThrownBy(put::getResult).hasMessageContaining("Not implemented");
        }
    }

    @Test
    void aPartThatCannotBeReadIsNamedWithoutItsReason() throws Exception {
        var broken = new SparkRowsResult("broken", TestRow.TABLE, 1, -1, 10, part -> {
            throw new IllegalStateException("password hunter2");
        });
        try (var serving = FlightServing.start(List.of(broken), options(), Secrets.NONE);
                var client = client(serving);
                var stream = client.getStream(new Ticket("0:broken".getBytes(UTF_8)))) {
            assertThatThrownBy(stream::next)
                    .isInstanceOf(FlightRuntimeException.class)
                    .hasMessage("part 0 of broken could not be read; the server's log says why");
        }
    }

    @Test
    void otherHostsAreLetInByTlsAndATokenAlone() throws Exception {
        var any = List.of(result(1));
        assertThatThrownBy(() -> FlightServing.start(any, options("flight-host", "0.0.0.0"), token(TOKEN)))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--flight-host 0.0.0.0: expected --flight-certificate-file and --flight-key-file to let other hosts"
                                + " in, found none");
        var certificate = TestCertificate.make(folder);
        var tls = options(
                "flight-host",
                "0.0.0.0",
                "flight-certificate-file",
                certificate.certificate().toString(),
                "flight-key-file",
                certificate.key().toString());
        assertThatThrownBy(() -> FlightServing.start(any, tls, Secrets.NONE))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--flight-host 0.0.0.0: expected a token to let other hosts in, found none; it comes from"
                                + " PACKHORSE_FLIGHT_TOKEN in the environment, --secrets-file, or Hadoop's credential provider");
        assertThatThrownBy(() -> FlightServing.start(any, options("flight-key-file", "k.pem"), Secrets.NONE))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--flight-certificate-file and --flight-key-file: expected both or neither, found one of them");

        try (var serving = FlightServing.start(any, tls, token(TOKEN))) {
            assertThat(serving.address()).isEqualTo("grpc+tls://0.0.0.0:" + serving.port());
            assertThat(stored(serving, TOKEN, certificate)).hasSize(100);
            assertThatThrownBy(() -> stored(serving, "wr0ng", certificate))
                    .isInstanceOf(StoreException.class)
                    .hasMessageEndingWith(
                            "/vectors: expected what it says of the flight, found UNAUTHENTICATED (expected the header"
                                    + " \"authorization: Bearer TOKEN\", found another); it wants another token:"
                                    + " PACKHORSE_FLIGHT_TOKEN")
                    .hasMessageNotContaining(TOKEN);
            try (var plain = client(serving)) {
                assertThatThrownBy(() -> plain.getInfo(FlightDescriptor.path("vectors")))
                        .isInstanceOf(FlightRuntimeException.class);
            }
        }
    }

    /** What our own store reads of it, over TLS. */
    private static List<String> stored(FlightServing serving, String token, TestCertificate certificate) {
        var known = Stream.concat(StoreOptions.ALL.stream(), FlightOptions.STORE.stream())
                .toList();
        var options = OptionValues.read(
                known,
                Map.of(),
                Map.of(
                        "flight-tls",
                        List.of("true"),
                        "flight-ca-file",
                        List.of(certificate.certificate().toString())));
        var store = new FlightKind()
                .open(new StoreRequest(
                        "flight://localhost:" + serving.port() + "/vectors", options, token(token), Map.of()));
        var ids = new ArrayList<String>();
        try (var rows = store.stored(TestRow.TABLE, 0, 1)) {
            rows.forEachRemaining(row -> ids.add(row.id()));
        }
        return ids;
    }

    @Test
    void onThisMachineATokenIsAskedForWhereThereIsOne() throws Exception {
        try (var serving = FlightServing.start(List.of(result(1)), options(), token(TOKEN));
                var client = client(serving)) {
            assertThatThrownBy(() -> client.getInfo(FlightDescriptor.path("vectors")))
                    .isInstanceOf(FlightRuntimeException.class)
                    .hasMessage("expected the header \"authorization: Bearer TOKEN\", found none");
            assertThatThrownBy(() -> client.listFlights(Criteria.ALL).iterator().hasNext())
                    .isInstanceOf(FlightRuntimeException.class);
            try (var stream = client.getStream(new Ticket("0:vectors".getBytes(UTF_8)))) {
                assertThatThrownBy(stream::next).isInstanceOf(FlightRuntimeException.class);
            }
        }
    }

    @Test
    void whereSomebodyListensAlreadyItSaysSo() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = String.valueOf(socket.getLocalPort());
            assertThatThrownBy(
                            () -> FlightServing.start(List.of(result(1)), options("flight-port", port), Secrets.NONE))
                    .isInstanceOf(StoreException.class)
                    .hasMessageStartingWith(
                            "expected to listen on 127.0.0.1, port " + port + ", found java.io.IOException: ")
                    .hasMessageEndingWith("; --flight-port 0 takes one that is free");
        }
    }

    @Test
    void aClientThatLeavesEndsTheReading() throws Exception {
        var result = result(1_000_000);
        try (var serving = FlightServing.start(List.of(result), options(), Secrets.NONE);
                var client = client(serving)) {
            try (var stream = client.getStream(new Ticket("0:vectors".getBytes(UTF_8)))) {
                assertThat(stream.next()).isTrue();
            }
            await(() -> result.ended().get() == 1);
        }
    }

    @Test
    void aClientThatReadsNothingMakesNothingPileUp() throws Exception {
        var result = new TestResult(
                "vectors", List.of(TestRow.random("a", 4000, random)), 10_000, allocator); // 0.5 MB each time
        try (var serving = FlightServing.start(List.of(result), options("flight-timeout", "5s"), Secrets.NONE);
                var client = client(serving);
                var stream = client.getStream(new Ticket("0:vectors".getBytes(UTF_8)))) {
            assertThat(stream.next()).isTrue();
            await(() -> result.ended().get() == 1); // after --flight-timeout
            assertThat(result.batches().get()).isLessThan(100);
            assertThatThrownBy(() -> {
                        while (stream.next()) {
                            assertThat(stream.getRoot().getRowCount()).isEqualTo(4000);
                        }
                    })
                    .isInstanceOf(FlightRuntimeException.class)
                    .hasMessage(
                            "expected the client to read a batch within 5 s (--flight-timeout), found that it reads none");
        }
    }

    private static void await(BooleanSupplier reached) throws InterruptedException {
        while (!reached.getAsBoolean()) { // the test's own limit ends this
            Thread.sleep(10);
        }
    }
}
