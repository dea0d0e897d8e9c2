package dev.packhorse.stores.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that are none. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ServerTest {

    private static final Secrets SECRETS = new Secrets(Map.of("user", "someone", "password", "hunter2"));

    private static Server at(int port) {
        return new Server(
                PostgresAddress.of("//127.0.0.1:%d/d/t".formatted(port)),
                SECRETS,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @Test
    void aServerThatIsDownEndsInAMessage() throws IOException {
        int port;
        try (var closed = listen()) {
            port = closed.getLocalPort();
        }

        assertThatThrownBy(() -> at(port).open())
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith(
                        "postgresql://127.0.0.1:%d/d/public.t: expected PostgreSQL to open a session, found: Connection to 127.0.0.1:%1$d refused."
                                .formatted(port))
                .hasMessageEndingWith(" (08001); see whether a PostgreSQL server is up there and can be reached");
    }

    @Test
    void aServerThatNeverAnswersEndsInAMessage() throws IOException {
        try (var silent = listen()) { // the system accepts for it
            assertThatThrownBy(() -> at(silent.getLocalPort()).open())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected PostgreSQL to open a session, found: ")
                    .hasMessageContaining("it did not answer in time");
        }
    }

    @ParameterizedTest(name = "{index}") // reports cannot hold all of these bytes
    @CsvSource({
        "'HTTP/1.1 400 Bad Request\r\n\r\n'",
        "'NE\u0000\u0000'",
        "'NR\u0000\u0000\u0000\u0008\u0000\u0000\u0000c'",
        "''"
    })
    void aServerThatAnswersSomethingElseEndsInAMessage(String answer) throws Exception {
        try (var other = listen()) {
            var thread = new Thread(() -> answer(other, answer));
            thread.setDaemon(true);
            thread.start();

            assertThatThrownBy(() -> at(other.getLocalPort()).open())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("expected PostgreSQL to open a session, found: ")
                    .hasMessageMatching("(?s).+; .+");
        }
    }

    private static void answer(ServerSocket server, String answer) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                client.getOutputStream().write(answer.getBytes(UTF_8));
                client.getOutputStream().flush();
                client.getInputStream().read(new byte[1024]);
            } catch (IOException e) {
                // the client has gone, or the test has ended
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    53100 | free space on the server's disk and run again
                    53200 | give the server more of what it lacks and run again
                    25006 | name the server that takes writes: this one only reads
                    42501 | have the right granted to the user, or the table made by one who has it
                    57P03 | the server is being stopped or started: run again when it is up
                    22021 | see the row that it names, and the constraints of the table
                    XX000 | see the server's log
                    """)
    void aMessageSaysWhatToDoAndNoSecret(String state, String advice) {
        var failure = at(5432).failure("take rows", new SQLException("ERROR: someone\n  said hunter2", state));

        assertThat(failure)
                .hasMessage("postgresql://127.0.0.1:5432/d/public.t: expected PostgreSQL to take rows, found: "
                        + "ERROR: *** said *** (%s); %s".formatted(state, advice));
        assertThat(failure.getCause()).hasMessage("ERROR: *** said ***");
        assertThat(at(5432).toString()).doesNotContain("someone").doesNotContain("hunter2");
    }
}
