package dev.packhorse.stores.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreContract;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FlightStoreTest extends StoreContract {

    private static TestFlights server;
    private static long leftBefore;

    @BeforeAll
    static void startServer() {
        leftBefore = FlightMemory.left();
        server = new TestFlights();
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
        assertThat(FlightMemory.left()).isEqualTo(leftBefore);
    }

    @Override
    protected StoreKind kind() {
        return new FlightKind();
    }

    @Override
    protected String address(String name) {
        return server.address(name);
    }

    @Override
    protected List<TestRow> read(Store store, String address) {
        return server.rows(address.substring(address.lastIndexOf('/') + 1));
    }

    @Test
    void aStreamSaysWhichTaskItIsOf() {
        var store = open(address(name()));
        server.notes.clear();
        write(store, "run7", TestRow.random("a", 150, random), List.of("x"));

        var name = store.toString().substring(store.toString().lastIndexOf('/') + 1);
        var note = "{\"run\":\"run7\",\"partition\":0,\"attempt\":0}";
        assertThat(server.notes).containsExactlyInAnyOrder("[" + name + "]" + note, "[" + name + ", deletes]" + note);
    }

    @Test
    void whatIsNotSafeOrNoAddressIsRefused() {
        assertRefused(
                "flight://me:hunter2@host:1/x",
                Map.of(),
                "",
                "--to flight://...: expected no user and no password in the address, found an @; Flight takes a token: it comes"
                        + " from PACKHORSE_FLIGHT_TOKEN in the environment, --secrets-file, or Hadoop's credential provider");
        assertRefused(
                "flight://host/x?token=hunter2",
                Map.of(),
                "",
                "--to flight://host/x?...: expected an address such as flight://127.0.0.1:8815/vectors, found another");
        assertRefused(
                "flight://host:70000/x",
                Map.of(),
                "",
                "--to flight://host:70000/x: expected an address such as flight://127.0.0.1:8815/vectors, found another");
        assertRefused(
                "flight://host:1/x",
                Map.of(),
                "hunter2",
                "--to flight://host:1/x: expected --flight-tls true for a server on another host than this, found false");
        assertRefused(
                "flight://127.example.org:1/x",
                Map.of(),
                "hunter2",
                "--to flight://127.example.org:1/x: expected --flight-tls true for a server on another host than this, found"
                        + " false");
        assertRefused(
                "flight://host:1/x",
                Map.of("flight-tls", "true"),
                "",
                "--to flight://host:1/x: expected a token for a server on another host than this, found none; it comes from"
                        + " PACKHORSE_FLIGHT_TOKEN in the environment, --secrets-file, or Hadoop's credential provider");
        assertRefused(
                "flight://localhost:1/x",
                Map.of("flight-ca-file", "ca.pem"),
                "",
                "--flight-ca-file: expected --flight-tls true beside it, found false; without TLS nobody shows a certificate");
        assertRefused(
                "flight://localhost:1/x",
                Map.of(),
                "two words",
                "the token of Flight: expected letters, digits and signs of ASCII, found others, or none, or a space");
        assertRefused(
                "flight://localhost:1/x",
                Map.of("index", "hnsw"),
                "",
                "--index hnsw: expected one of [none] for flight, found another");
        assertThat(request("flight://[::1]:1/x", Map.of(), "")).hasToString("flight://[::1]:1/x");
        assertThat(request("flight://host:1/x", Map.of("flight-tls", "true"), "hunter2"))
                .hasToString("flight://host:1/x");
    }

    private void assertRefused(String address, Map<String, String> options, String token, String message) {
        assertThatThrownBy(() -> request(address, options, token))
                .isInstanceOf(OptionException.class)
                .hasMessage(message);
    }

    private Store request(String address, Map<String, String> options, String token) {
        var known = new java.util.ArrayList<>(dev.packhorse.stores.contract.StoreOptions.ALL);
        known.addAll(FlightOptions.STORE);
        var given = new LinkedHashMap<String, List<String>>();
        options.forEach((name, value) -> given.put(name, List.of(value)));
        var secrets = token.isEmpty() ? Secrets.NONE : new Secrets(Map.of("token", token));
        return kind().open(new StoreRequest(address, OptionValues.read(known, Map.of(), given), secrets, Map.of()));
    }
}
