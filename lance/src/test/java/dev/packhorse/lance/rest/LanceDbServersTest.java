package dev.packhorse.lance.rest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Seeds;
import dev.packhorse.lance.rest.FakeServer.Answer;
import dev.packhorse.lance.rest.FakeServer.Asked;
import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of servers that are down, busy, or speak nonsense. */
class LanceDbServersTest {

    private static final Secrets SECRETS = new Secrets(Map.of("token", "abracadabra"));

    private static RestTable table(String server) {
        var place = new RestPlace(server, List.of("team", "t"), SECRETS);
        return new RestTable(
                place, new RestClient(place, Duration.ofMillis(1), RestClient.ANSWER, RestClient.MOST_OF_AN_ANSWER));
    }

    private static Function<Asked, Answer> always(int status, String body) {
        return asked -> new Answer(status, body);
    }

    /** Writes twenty rows. */
    private static Receipt write(FakeServer server) {
        try (var allocator = new RootAllocator();
                var writer = new LanceDbWriter(table(server.address()), TestRow.TABLE);
                var batch = TestRow.batch(TestRow.TABLE, TestRow.random("row-", 20, Seeds.random()), allocator)) {
            writer.write(batch);
            return writer.commit();
        }
    }

    @Test
    void aServerThatIsDownIsSaid() {
        String address;
        try (var server = new FakeServer(always(200, "{}"))) {
            address = server.address();
        }
        assertThatThrownBy(() -> table(address).exists())
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("lancedb:" + address + "/team/t: expected an answer, found ConnectException")
                .hasMessageEndingWith(
                        "; see that the server runs and can be reached from here, and run the export again");
    }

    @Test
    void aServerThatIsBusyIsAskedAgain() {
        var asked = new AtomicInteger();
        try (var server = new FakeServer(question -> switch (asked.getAndIncrement()) {
            case 0 -> new Answer(503, "");
            case 1 -> new Answer(429, "slow down");
            case 2 -> new Answer(409, "{\"error\":\"Commit conflict for version 7\",\"code\":14}");
            default -> new Answer(200, "{}");
        })) {
            assertThat(write(server).written()).isEqualTo(20);
            assertThat(server.asked()).hasSize(4).allSatisfy(question -> {
                assertThat(question.token()).isEqualTo("abracadabra");
                assertThat(question.path()).startsWith("/v1/table/team%24t/merge_insert?on=id&");
            });
        }
    }

    @Test
    void aServerThatStaysIllIsGivenUp() {
        try (var server = new FakeServer(always(500, "{\"error\":{\"message\":\"no space left for abracadabra\"}}"))) {
            assertThatThrownBy(() -> write(server))
                    .isInstanceOf(StoreException.class)
                    .hasMessage(
                            "lancedb:%s/team/t: expected rows to be taken, found status 500: no space left for ***; see the server's log"
                                    .formatted(server.address()));
            assertThat(server.asked()).hasSize(7);
        }
    }

    @Test
    @Timeout(60)
    void anAnswerThatBeginsAndDoesNotEndIsGivenUp() throws Exception {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var answering = new Thread(() -> beginAnswers(server), "answers that do not end");
            answering.start();
            var place = new RestPlace("http://127.0.0.1:" + server.getLocalPort(), List.of("t"), SECRETS);
            var client = new RestClient(place, Duration.ofMillis(1), Duration.ofMillis(200), 1000);

            assertThatThrownBy(() -> client.get("/"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(
                            "expected an answer, found HttpTimeoutException after 200 ms without the end of an answer");
        }
    }

    private static void beginAnswers(ServerSocket server) {
        var open = new ArrayList<Socket>();
        try {
            while (true) {
                var socket = server.accept();
                open.add(socket);
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{".getBytes(UTF_8));
            }
        } catch (IOException e) { // it is closed
            open.forEach(socket -> {
                try {
                    socket.close();
                } catch (IOException ignored) {
                    // so is this
                }
            });
        }
    }

    @Test
    void anAnswerThatIsTooLongIsGivenUp() {
        try (var server = new FakeServer(always(200, "x".repeat(1001)))) {
            var place = new RestPlace(server.address(), List.of("t"), SECRETS);
            var client = new RestClient(place, Duration.ofMillis(1), RestClient.ANSWER, 1000);

            assertThatThrownBy(() -> client.get("/"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected an answer, found IOException an answer of more than 1000 bytes");
        }
    }

    @Test
    void aServerThatWantsAnotherTokenIsNotAskedAgain() {
        try (var server = new FakeServer(always(401, "who are you"))) {
            assertThatThrownBy(() -> table(server.address()).rows())
                    .hasMessage(
                            "lancedb:%s/team/t: expected to be let in, found status 401: who are you; give the token as PACKHORSE_LANCEDB_TOKEN in the environment, in --secrets-file, or by Hadoop's credential provider"
                                    .formatted(server.address()));
            assertThat(server.asked()).hasSize(1);
        }
    }

    @Test
    void whatIsNoAnswerIsSaid() {
        try (var server = new FakeServer(always(200, "<html>hello</html>"));
                var allocator = new RootAllocator()) {
            var table = table(server.address());
            assertThatThrownBy(table::rows)
                    .hasMessageContaining(
                            "expected JSON, found status 200: <html>hello</html>; see that this is the address of a LanceDB server");
            assertThatThrownBy(() -> table.query(LanceDbRows.query(1), allocator, batch -> {}))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected rows as Arrow, found '<html>hello</html>'; see the server's log");
        }
        try (var server = new FakeServer(always(200, "{\"count\":\"many\"}"))) {
            assertThatThrownBy(() -> table(server.address()).rows())
                    .hasMessageContaining("expected how many rows there are, found {\"count\":\"many\"}");
        }
        try (var server = new FakeServer(always(200, "ARROW1"));
                var allocator = new RootAllocator()) {
            assertThatThrownBy(() -> table(server.address()).query(LanceDbRows.query(1), allocator, batch -> {}))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected rows as Arrow, found broken Arrow: ");
        }
    }

    @Test
    void aRowThatTheServerRefusesIsToldAndTheOthersAreTaken() {
        try (var server = new FakeServer(question -> question.body().contains("row-13")
                ? new Answer(400, "{\"error\":\"row-13 brings bad luck\"}")
                : new Answer(200, "{}"))) {
            var receipt = write(server);

            assertThat(receipt.written()).isEqualTo(19);
            assertThat(receipt.refusedRows()).isEqualTo(1);
            assertThat(receipt.refused())
                    .containsExactly(new Receipt.Refused("row-13", "status 400: row-13 brings bad luck"));
        }
    }

    @Test
    void aServerThatRefusesEveryRowEndsTheTask() {
        try (var server = new FakeServer(always(400, "{\"error\":\"closed on Sundays\"}"))) {
            assertThatThrownBy(() -> write(server))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected rows to be taken, found status 400: closed on Sundays");
        }
    }

    @Test
    void serversThatKnowHowAreToldToDelete() {
        try (var server = new FakeServer(always(200, "{}"));
                var writer = new LanceDbWriter(table(server.address()), TestRow.TABLE)) {
            writer.delete(List.of("it's", "a\"b"));

            assertThat(writer.commit().deleted()).isEqualTo(2);
            assertThat(server.asked()).singleElement().satisfies(question -> {
                assertThat(question.path()).isEqualTo("/v1/table/team%24t/delete");
                assertThat(question.body()).isEqualTo("{\"predicate\":\"id IN ('it''s','a\\\"b')\"}");
            });
        }
    }

    @Test
    void aServerThatKeepsNoNotesDoesNoHarm() {
        try (var server = new FakeServer(question -> question.path().contains("schema_metadata")
                ? new Answer(501, "{\"error\":\"not implemented\"}")
                : new Answer(200, "{\"version\":3}"))) {
            var store = open("lancedb:" + server.address() + "/t");
            store.mark(TestRow.TABLE, new ExportMark("lake.vectors", "1", "t", 3));

            assertThat(server.asked()).hasSize(2);
        }
    }

    @Test
    void aServerThatCannotKeepNotesIsKnownFromTheStart() throws Exception {
        var rows = rows();
        for (var metadata : List.of("{}", "{\"embedding.dim\":\"8\"}")) {
            for (var status : List.of(200, 501)) {
                try (var server = new FakeServer(question -> {
                    var path = question.path();
                    if (path.contains("schema_metadata")) {
                        return new Answer(status, "{}");
                    }
                    return new Answer(
                            200,
                            path.endsWith("/query")
                                    ? rows
                                    : path.endsWith("/count_rows")
                                            ? "1"
                                            : "{\"schema\":{\"metadata\":%s}}".formatted(metadata));
                })) {
                    var told = status == 200 && !metadata.equals("{}");

                    assertThat(open("lancedb:" + server.address() + "/t").prepare(TestRow.TABLE))
                            .isEqualTo(new Contents(false, Optional.empty(), told));
                }
            }
        }
    }

    /** One row as Arrow's stream. */
    private static String rows() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var allocator = new RootAllocator();
                var batch = TestRow.batch(TestRow.TABLE, TestRow.random("a", 1, Seeds.random()), allocator);
                var writer = new ArrowStreamWriter(batch, null, bytes)) {
            writer.start();
            writer.writeBatch();
            writer.end();
        }
        return bytes.toString(ISO_8859_1);
    }

    @Test
    void addressesThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> open("lancedb:http://me:secret@host/t"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--to lancedb:...@...: expected an address without a password, found one; give the token as PACKHORSE_LANCEDB_TOKEN in the environment, in --secrets-file, or by Hadoop's credential provider");
        assertThatThrownBy(() -> open("lancedb:ftp://host/t"))
                .hasMessage(
                        "--to lancedb:ftp://host/t: expected an address such as lancedb:http://host:2333/namespace/table, found 'ftp://host/t'");
        assertThatThrownBy(() -> open("lancedb:http://host/a b"))
                .hasMessageStartingWith(
                        "--to lancedb:http://host/a b: expected an address such as lancedb:http://host:2333/namespace/table, found Illegal character");
        assertThatThrownBy(() -> open("lancedb:http://host:1/"))
                .hasMessage("--to lancedb:http://host:1/: expected the name of a table without '$', found '/'");
        assertThatThrownBy(() -> open("lancedb:http://host:1/a$b"))
                .hasMessage("--to lancedb:http://host:1/a$b: expected the name of a table without '$', found '/a$b'");
        assertThat(open("lancedb:https://host/a/b/c").toString()).isEqualTo("lancedb:https://host/a/b/c");
    }

    private static Store open(String address) {
        return new LanceDbKind()
                .open(new StoreRequest(
                        address, OptionValues.read(StoreOptions.ALL, Map.of(), Map.of()), SECRETS, Map.of()));
    }
}
