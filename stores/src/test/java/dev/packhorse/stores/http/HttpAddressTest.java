package dev.packhorse.stores.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.stores.chroma.ChromaKind;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.stores.opensearch.OpenSearchKind;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAddressTest {

    private static final Secrets BOTH = new Secrets(Map.of("user", "admin", "password", "hush"));

    private static String open(StoreKind kind, String address, Secrets secrets, String... given) {
        var options = given.length == 0 ? Map.<String, List<String>>of() : Map.of(given[0], List.of(given[1]));
        var known = Stream.concat(StoreOptions.ALL.stream(), kind.options().stream())
                .toList();
        return kind.open(new StoreRequest(address, OptionValues.read(known, Map.of(), options), secrets, Map.of()))
                .toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "opensearch:https://search.example.com:9200/index",
                "opensearch:https://example.com/behind/a/proxy/index-2026.01",
                "opensearch:http://localhost:9200/index",
                "opensearch:http://127.0.0.1:9200/index",
                "opensearch:http://[::1]:9200/index",
            })
    void addressesAreReadAndShownAsTheyAre(String address) {
        assertThat(open(new OpenSearchKind(), address, BOTH)).isEqualTo(address);
    }

    @Test
    void anAddressWithAPasswordIsRefusedAndNotRepeated() {
        assertThatThrownBy(
                        () -> open(new OpenSearchKind(), "opensearch:https://admin:hush@host:9200/index", Secrets.NONE))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--to: expected an address without user and password such as opensearch:https://host:9200/index, found an @ in front of the host; they come from the environment (PACKHORSE_OPENSEARCH_<NAME>), from --secrets-file or from Hadoop's credential provider: password, user");
    }

    @Test
    void aPasswordOrATokenGoesToOtherMachinesOverTlsAlone() {
        var expected =
                "--to %s: expected https, for a password or token would go to another machine for all to read, found http";
        for (var host : List.of("host", "127.0.0.1.example.com", "localhost.example.com")) {
            var address = "opensearch:http://" + host + ":9200/index";
            assertThatThrownBy(() -> open(new OpenSearchKind(), address, BOTH))
                    .isInstanceOf(OptionException.class)
                    .hasMessage(expected.formatted(address));
            assertThat(open(new OpenSearchKind(), address, Secrets.NONE)).isEqualTo(address);
        }
        assertThatThrownBy(() ->
                        open(new ChromaKind(), "chroma:http://host:8000/abc", new Secrets(Map.of("token", "hush"))))
                .isInstanceOf(OptionException.class)
                .hasMessage(expected.formatted("chroma:http://host:8000/abc"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "opensearch:host:9200/index",
                "opensearch:ftp://host/index",
                "opensearch:https:///index",
                "opensearch:https://host/index?refresh=true",
                "opensearch:https://host/index#x",
                "opensearch:https://ho st/index",
                "opensearch:",
            })
    void whatIsNoAddressIsRefused(String address) {
        assertThatThrownBy(() -> open(new OpenSearchKind(), address, Secrets.NONE))
                .isInstanceOf(OptionException.class)
                .hasMessage("--to %s: expected an address such as opensearch:https://host:9200/index, found another"
                        .formatted(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://host", "https://host/", "https://host/Upper", "https://host/_all", "https://host/a,b"})
    void anIndexNeedsAName(String place) {
        assertThatThrownBy(() -> open(new OpenSearchKind(), "opensearch:" + place, Secrets.NONE))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("expected at its end the name of an index, in lower case");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://host:8000/ab", "http://host:8000/a%20bc", "http://host:8000/-abc"})
    void aCollectionNeedsANameThatChromaTakes(String place) {
        assertThatThrownBy(() -> open(new ChromaKind(), "chroma:" + place, Secrets.NONE))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("expected at its end the name of a collection, 3 to 512 letters");
    }

    @Test
    void whatDoesNotFitIsSaidBeforeAnythingIsSent() {
        assertThatThrownBy(() -> open(
                        new OpenSearchKind(), "opensearch:https://host/index", new Secrets(Map.of("user", "admin"))))
                .isInstanceOf(OptionException.class)
                .hasMessage("--to opensearch: expected both secrets user and password, or none, found one");
        assertThatThrownBy(() -> open(new ChromaKind(), "chroma:http://host/abc", Secrets.NONE, "index", "none"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--index none: expected one of [hnsw] for chroma, found another");
        assertThatThrownBy(() ->
                        open(new ChromaKind(), "chroma:http://host/abc", Secrets.NONE, "http-request-bytes", "12"))
                .isInstanceOf(OptionException.class)
                .hasMessage("--http-request-bytes: expected from 1k to 1g, found 12 bytes");
    }
}
