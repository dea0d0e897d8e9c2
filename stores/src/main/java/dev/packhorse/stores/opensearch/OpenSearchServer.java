package dev.packhorse.stores.opensearch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.http.HttpAddress;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.HttpLimits;
import dev.packhorse.stores.http.HttpSession;
import dev.packhorse.stores.http.Pauses;
import java.io.Serializable;
import java.util.Base64;
import java.util.Map;

/**
 * Where an index is, and how it is spoken with. Thread-safe.
 *
 * @param secrets user and password, or none
 */
record OpenSearchServer(HttpAddress address, HttpLimits limits, Secrets secrets, Pauses pauses)
        implements Serializable {

    /** Attempts of who asks for the first time. */
    private static final int AT_FIRST = 3;

    HttpSession connect() {
        return connect(limits);
    }

    /** Of which it is not known yet whether it is there. */
    HttpSession connectAtFirst() {
        return connect(limits.withAttempts(AT_FIRST));
    }

    private HttpSession connect(HttpLimits with) {
        var password = secrets.find("password");
        if (password.isEmpty()) {
            return new HttpSession(address, Map.of(), Secrets.NONE, with, pauses);
        }
        var header = basic(secrets.find("user").orElse("") + ":" + password.get());
        var hidden = new Secrets(Map.of("password", password.get(), "header", header));
        return new HttpSession(address, Map.of("Authorization", "Basic " + header), hidden, with, pauses);
    }

    /** A user and a password as RFC 7617 sends them. */
    private static String basic(String both) {
        return Base64.getEncoder().encodeToString(both.getBytes(UTF_8));
    }

    /** A path of the index, such as {@code /_bulk}; empty for itself. */
    String path(String of) {
        return "/" + HttpCall.escape(address.name()) + of;
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
