package dev.packhorse.stores.http;

import static dev.packhorse.stores.http.FakeServer.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchSinkTest {

    private final FakePauses pauses = new FakePauses();
    private FakeServer server;
    private HttpSession session;

    @BeforeEach
    void start() throws Exception {
        server = new FakeServer(says(200, ""));
        session = new HttpSession(
                new HttpAddress("fake", URI.create(server.url()), "things"),
                Map.of(),
                Secrets.NONE,
                new HttpLimits(Duration.ofSeconds(10), Duration.ofSeconds(60), 4, 1 << 20),
                pauses);
    }

    @AfterEach
    void stop() {
        session.close();
        server.close();
    }

    /** Ids and values by columns; the answer has a letter for each row: T, B or R. */
    private record Letters(int mostRows, long mostBytes) implements BatchProtocol {

        @Override
        public List<Part> parts() {
            return List.of(new Part("{\"ids\":[", ",", "],"), new Part("\"values\":[", ",", "]}"));
        }

        @Override
        public HttpCall call(byte[] body, int length) {
            return new HttpCall("POST", "/put", "application/json", body, length);
        }

        @Override
        public List<Outcome> read(HttpAnswer answer, List<String> ids) {
            return answer.json()
                    .asText()
                    .chars()
                    .mapToObj(letter -> switch (letter) {
                        case 'T' -> Outcome.TAKEN;
                        case 'B' -> new Outcome(Outcome.Kind.BUSY, "no room");
                        default -> new Outcome(Outcome.Kind.REFUSED, "no good");
                    })
                    .toList();
        }
    }

    private BatchSink sink(int mostRows, long mostBytes) {
        return new BatchSink(session, new Letters(mostRows, mostBytes));
    }

    private static void add(BatchSink sink, int from, int to) {
        for (var i = from; i < to; i++) {
            var value = i * 0.5f;
            var id = "r" + i;
            sink.add(id, parts -> {
                parts[0].writeString(id);
                parts[1].writeNumber(value);
            });
        }
    }

    private List<String> bodies() {
        return server.asked().stream().map(FakeServer.Asked::body).toList();
    }

    private static FakeServer.Reply taken(String letters) {
        return says(200, "\"" + letters + "\"");
    }

    @Test
    void rowsAreSentByColumnsAndNoMoreThanMayBe() {
        server.then(taken("TT"), taken("TT"), taken("T"));
        var sink = sink(2, 1 << 20);

        add(sink, 0, 5);
        sink.flush();
        sink.flush();

        assertThat(bodies())
                .containsExactly(
                        "{\"ids\":[\"r0\",\"r1\"],\"values\":[0.0,0.5]}",
                        "{\"ids\":[\"r2\",\"r3\"],\"values\":[1.0,1.5]}",
                        "{\"ids\":[\"r4\"],\"values\":[2.0]}");
        assertThat(sink.taken()).isEqualTo(5);
        assertThat(sink.refusedRows()).isZero();
    }

    @Test
    void aRequestHasNoMoreBytesThanMayBeUnlessItIsOneRow() {
        server.then(taken("TTT"), taken("TT"));
        var sink = sink(100, 21); // of three rows of seven bytes

        add(sink, 0, 5);
        sink.flush();

        assertThat(bodies())
                .containsExactly(
                        "{\"ids\":[\"r0\",\"r1\",\"r2\"],\"values\":[0.0,0.5,1.0]}",
                        "{\"ids\":[\"r3\",\"r4\"],\"values\":[1.5,2.0]}");

        server.then(taken("T"));
        var narrow = sink(100, 1);
        add(narrow, 0, 2);
        narrow.flush();
        assertThat(narrow.taken()).isEqualTo(2);
    }

    @Test
    void rowsThatThereIsNoRoomForAreSentAgainAlone() {
        server.then(taken("TBRB"), taken("BT"), taken("T"));
        var sink = sink(100, 1 << 20);

        add(sink, 0, 4);
        sink.flush();

        assertThat(bodies().subList(1, 3))
                .containsExactly(
                        "{\"ids\":[\"r1\",\"r3\"],\"values\":[0.5,1.5]}", "{\"ids\":[\"r1\"],\"values\":[0.5]}");
        assertThat(sink.taken()).isEqualTo(3);
        assertThat(sink.refused()).containsExactly(new Receipt.Refused("r2", "no good"));
        assertThat(pauses.slept).hasSize(2);
    }

    @Test
    void aStoreThatIsFullForEverEndsIt() {
        server.then(taken("TBB"), taken("BB"));
        var sink = sink(100, 1 << 20);
        add(sink, 0, 3);

        assertThatThrownBy(sink::flush)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        "POST /put: expected an answer, found 2 of 2 rows not taken: no room (sent 4 time(s)");
    }

    @Test
    void aRequestThatIsTooLargeIsHalvedAndThoseAfterItAreSmallToo() {
        server.then(says(413, ""), taken("TTTT"), taken("TTTT"), taken("TTTTTT"), taken("TT"));
        var sink = sink(100, 1 << 20);
        add(sink, 0, 8);
        sink.flush();
        assertThat(bodies().stream().map(String::length)).containsExactly(92, 56, 56);

        add(sink, 0, 8);
        sink.flush();
        assertThat(bodies()).hasSize(5);
        assertThat(sink.taken()).isEqualTo(16);
    }

    @Test
    void aRowThatIsTooLargeAloneIsRefused() {
        server.then(says(413, ""));
        var sink = sink(100, 1 << 20);
        add(sink, 0, 2);
        sink.flush();

        assertThat(sink.refused())
                .containsExactly(new Receipt.Refused("r0", "status 413"), new Receipt.Refused("r1", "status 413"));
    }

    @Test
    void theRowForWhichAllAreRefusedIsFound() {
        var error = "{\"error\":\"bad\",\"message\":\"r2 is no good\"}";
        server.then(says(400, error), taken("TT"), says(422, error), says(400, error), taken("T"));
        var sink = sink(100, 1 << 20);
        add(sink, 0, 4);
        sink.flush();

        assertThat(sink.taken()).isEqualTo(3);
        assertThat(sink.refused()).containsExactly(new Receipt.Refused("r2", "status 400: r2 is no good"));
    }

    @Test
    void whereNoRowIsTakenItEnds() {
        server.then(taken("R".repeat(150)));
        var sink = sink(1000, 1 << 20);
        add(sink, 0, 150);

        assertThatThrownBy(sink::flush)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        "expected rows to be taken, found the first 100 all refused, that of id r99 with: no good");
    }

    @Test
    void whereSomeRowsAreTakenItGoesOnAndTellsOfTheFirst() {
        server.then(taken("R".repeat(150) + "T"));
        var sink = sink(1000, 1 << 20);
        add(sink, 0, 151);
        sink.flush();

        assertThat(sink.refusedRows()).isEqualTo(150);
        assertThat(sink.refused()).hasSize(Receipt.MOST_REFUSED);
    }

    @Test
    void asManyOutcomesAsRowsAreExpected() {
        server.then(taken("TT"));
        var sink = sink(1000, 1 << 20);
        add(sink, 0, 3);

        assertThatThrownBy(sink::flush)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("expected what became of 3 rows, found status 200 with 4 bytes: \"TT\"");
    }

    @Test
    void whatIsNoRowsFaultEndsIt() {
        server.then(says(403, "{\"error\":\"read only\"}"));
        var sink = sink(1000, 1 << 20);
        add(sink, 0, 3);

        assertThatThrownBy(sink::flush)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("found status 403: read only; may this user write here");
    }
}
