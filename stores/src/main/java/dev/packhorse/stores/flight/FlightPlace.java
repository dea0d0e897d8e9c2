package dev.packhorse.stores.flight;

import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.OptionException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A flight on a server, and how it is reached.
 *
 * @param host a name or an address, an IPv6 address in brackets
 * @param name of the flight: its descriptor's path
 * @param tls whether TLS is spoken
 * @param caFile certificates in PEM; empty for those that Java trusts
 * @param timeout of every wait
 */
record FlightPlace(String host, int port, String name, boolean tls, String caFile, Duration timeout)
        implements Serializable {

    static final String EXAMPLE = "flight://127.0.0.1:8815/vectors";

    private static final Pattern ADDRESS =
            Pattern.compile("flight://(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9.-]+):(\\d{1,5})/([^/?#@\\s]+)");

    private static final String SECRETS =
            "it comes from PACKHORSE_FLIGHT_TOKEN in the environment, --secrets-file, or Hadoop's credential provider";

    /** The place that a request names, if what it asks for is safe. */
    static FlightPlace of(StoreRequest request) {
        var address = request.address();
        if (address.contains("@")) {
            throw new OptionException(
                    "--to flight://...: expected no user and no password in the address, found an @; Flight takes a token: "
                            + SECRETS);
        }
        var parts = ADDRESS.matcher(address);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65_535) {
            throw new OptionException("--to %s: expected an address such as %s, found another"
                    .formatted(address.replaceAll("[?#].*", "?..."), EXAMPLE));
        }
        var options = request.options();
        var place = new FlightPlace(
                parts.group(1),
                Integer.parseInt(parts.group(2)),
                parts.group(3),
                options.get(FlightOptions.TLS),
                options.find(FlightOptions.CA_FILE).orElse(""),
                options.get(FlightOptions.TIMEOUT));
        place.check(FlightToken.of(request.secrets()));
        return place;
    }

    private void check(Optional<String> token) {
        if (!tls && !caFile.isEmpty()) {
            throw new OptionException(
                    "--flight-ca-file: expected --flight-tls true beside it, found false; without TLS nobody shows a certificate");
        }
        if (FlightToken.isLoopback(host)) {
            return;
        }
        if (!tls) {
            throw new OptionException(
                    "--to %s: expected --flight-tls true for a server on another host than this, found false"
                            .formatted(this));
        }
        if (token.isEmpty()) {
            throw new OptionException("--to %s: expected a token for a server on another host than this, found none; %s"
                    .formatted(this, SECRETS));
        }
    }

    @Override
    public String toString() {
        return "flight://%s:%d/%s".formatted(host, port, name);
    }
}
