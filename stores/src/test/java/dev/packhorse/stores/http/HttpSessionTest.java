package dev.packhorse.stores.http;

import static dev.packhorse.stores.http.FakeServer.breaksOff;
import static dev.packhorse.stores.http.FakeServer.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60) // a session that waits for ever must not hold the build
class HttpSessionTest {

    private static final HttpLimits LIMITS = new HttpLimits(Duration.ofSeconds(10), Duration.ofSeconds(60), 4, 1 << 20);

    private static final HttpLimits SHORT = new HttpLimits(Duration.ofMillis(200), Duration.ofSeconds(60), 2, 1 << 20);

    private final FakePauses pauses = new FakePauses();

    private HttpSession session(String url, HttpLimits limits) {
        return new HttpSession(
                new HttpAddress("fake", URI.create(url), "things"),
                Map.of("Authorization", "Bearer hush"),
                new Secrets(Map.of("token", "hush")),
                limits,
                pauses);
    }

    private static final HttpCall CALL = HttpCall.of("POST", "/things/_do?pretty", "{}");

    @Test
    void aBusyServerIsAskedAgainAndTheWaitsDouble() throws Exception {
        try (var server = new FakeServer(says(429, ""), says(503, "x"), says(502, ""), says(200, "{\"a\":1}"));
                var session = session(server.url(), LIMITS)) {
            assertThat(session.send(CALL).json().path("a").asInt()).isEqualTo(1);

            assertThat(server.asked()).hasSize(4).allSatisfy(asked -> {
                assertThat(asked.method()).isEqualTo("POST");
                assertThat(asked.path()).isEqualTo("/things/_do?pretty");
                assertThat(asked.body()).isEqualTo("{}");
                assertThat(asked.headers()).containsEntry("Authorization", "Bearer hush");
                assertThat(asked.headers()).containsEntry("Content-type", "application/json");
            });
            assertThat(pauses.slept).hasSize(3);
            assertThat(pauses.slept.get(0)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
            assertThat(pauses.slept.get(2)).isBetween(Duration.ofMillis(400), Duration.ofMillis(800));
        }
    }

    @Test
    void theServerMaySayWhenToComeAgain() throws Exception {
        try (var server = new FakeServer(
                        says(429, "", "Retry-After", "7"),
                        says(503, "", "Retry-After", "Thu, 01 Jan 2026 00:00:20 GMT"),
                        says(503, "", "Retry-After", "soon"),
                        says(200, "{}"));
                var session = session(server.url(), LIMITS)) {
            session.send(CALL);

            assertThat(pauses.slept).startsWith(Duration.ofSeconds(7), Duration.ofSeconds(13));
            assertThat(pauses.slept.get(2)).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void whoAsksToBeLeftAloneForLongerThanWeMayWaitEndsItAtOnce() throws Exception {
        try (var server = new FakeServer(says(429, "{\"error\":\"full\"}", "Retry-After", "3600"));
                var session = session(server.url(), LIMITS)) {
            assertThatThrownBy(() -> session.send(CALL))
                    .isInstanceOf(StoreException.class)
                    .hasMessage(
                            "fake:%s/things: POST /things/_do: expected an answer, found status 429: full, which asks to be left alone for 3600 s (sent 1 time(s) in 0 s); see that the store is up and has room, then run again, or wait longer with --http-retry-time"
                                    .formatted(server.url()));
            assertThat(pauses.slept).isEmpty();
        }
    }

    @Test
    void aServerThatIsBusyForEverEndsItAfterSoManyAttempts() throws Exception {
        try (var server = new FakeServer(says(503, "{\"error\":{\"type\":\"t\",\"reason\":\"no shards, hush\"}}"));
                var session = session(server.url(), LIMITS)) {
            assertThatThrownBy(() -> session.send(CALL))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("found status 503: t: no shards, *** (sent 4 time(s) in ")
                    .hasMessageNotContaining("hush");
            assertThat(server.asked()).hasSize(4);
        }
    }

    @Test
    void aServerThatIsNotThereEndsItToo() throws Exception {
        String url;
        try (var server = new FakeServer(says(200, ""))) {
            url = server.url();
        }
        try (var session = session(url, LIMITS)) {
            assertThatThrownBy(() -> session.send(CALL))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected an answer, found that it cannot be connected to (sent 4 time(s)");
        }
    }

    @Test
    void aServerThatNeverAnswersOrNeverEndsIsNotWaitedForForEver() throws Exception {
        try (var server = new FakeServer(says(200, ""));
                var session = session(server.url(), SHORT)) {
            server.then(server.neverAnswers());
            assertThatThrownBy(() -> session.send(CALL))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("found no answer in 200 ms (sent 2 time(s)");
            server.then(server.neverEnds());
            assertThatThrownBy(() -> session.send(CALL))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("found no answer in 200 ms (sent 2 time(s)");
        }
    }

    @Test
    void anAnswerThatBreaksOffIsAskedForAgain() throws Exception {
        try (var server = new FakeServer(breaksOff("{\"a\""), says(200, "{\"a\":2}"));
                var session = session(server.url(), LIMITS)) {
            assertThat(session.send(CALL).json().path("a").asInt()).isEqualTo(2);
        }
    }

    @Test
    void nonsenseIsShown() throws Exception {
        try (var server = new FakeServer(
                        says(200, "<html>\n <body>Welcome, hush</body>"),
                        says(200, "{\"items\":[{\"in"),
                        says(200, "{} {}"),
                        says(200, ""));
                var session = session(server.url(), LIMITS)) {
            assertThatThrownBy(() -> session.demand(CALL).json())
                    .isInstanceOf(StoreException.class)
                    .hasMessage(
                            "fake:%s/things: POST /things/_do: expected JSON, found status 200 with 34 bytes: <html> <body>Welcome, ***</body>; is that the address of such a store?"
                                    .formatted(server.url()));
            for (var i = 0; i < 3; i++) {
                assertThatThrownBy(() -> session.demand(CALL).json())
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("expected JSON, found status 200 with");
            }
        }
    }

    @Test
    void refusalsSayWhatToDo() throws Exception {
        try (var server = new FakeServer(
                        says(401, "{\"error\":\"who?\"}"),
                        says(403, "no"),
                        says(404, "{\"error\":\"NotFoundError\",\"message\":\"gone\"}"),
                        says(413, ""),
                        says(302, "", "Location", "http://127.0.0.1:1/"));
                var session = session(server.url(), LIMITS)) {
            assertThatThrownBy(() -> session.demand(CALL))
                    .hasMessageEndingWith(
                            "expected it to be done, found status 401: who?; is the password or token right?");
            assertThatThrownBy(() -> session.demand(CALL))
                    .hasMessageEndingWith(
                            "status 403: no; may this user write here, and is the store open for writes?");
            assertThatThrownBy(() -> session.demand(CALL))
                    .hasMessageEndingWith(
                            "status 404: gone; has it been removed, or is the address of another server?");
            assertThatThrownBy(() -> session.demand(CALL))
                    .hasMessageEndingWith("status 413; give a smaller --http-request-bytes");
            assertThatThrownBy(() -> session.demand(CALL))
                    .hasMessageEndingWith("status 302; give the address that it is sent on to");
            assertThat(server.asked()).hasSize(5);
        }
    }

    @Test
    void aHostThatIsNotKnownIsNotAskedAgain() {
        try (var session = session("http://no-such-host.invalid:1", LIMITS)) {
            assertThatThrownBy(() -> session.send(CALL))
                    .isInstanceOf(StoreException.class)
                    .hasMessageEndingWith("expected a host, found none of the name no-such-host.invalid");
            assertThat(pauses.slept).isEmpty();
        }
    }

    @Test
    void aCertificateThatNobodyTrustsIsNamedAtOnce(@TempDir Path folder) throws Exception {
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder.resolve("keys"))));
        server.start();
        try (var session = session("https://127.0.0.1:" + server.getAddress().getPort(), LIMITS)) {
            assertThatThrownBy(() -> session.send(CALL))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected a certificate that this JVM trusts for this host, found ")
                    .hasMessageEndingWith("give the authority that signed it in javax.net.ssl.trustStore");
            assertThat(pauses.slept).isEmpty();
        } finally {
            server.stop(0);
        }
    }

    /** Keys made by the JDK's own tool. */
    private static SSLContext selfSigned(Path keys) throws Exception {
        var password = "changeit";
        var made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-storepass",
                        password,
                        "-keystore",
                        keys.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(made.waitFor(30, TimeUnit.SECONDS)).isTrue();
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(KeyStore.getInstance(keys.toFile(), password.toCharArray()), password.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void aTaskThatIsToEndDoesNotWait() throws Exception {
        try (var server = new FakeServer(says(200, ""));
                var session = session(server.url(), LIMITS)) {
            server.then(server.neverAnswers());
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> session.send(CALL))
                    .isInstanceOf(StoreException.class)
                    .hasMessageEndingWith("expected to wait for an answer, found that the task is to end");
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
