package dev.packhorse.stores.chroma;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.http.HttpAddress;
import dev.packhorse.stores.http.HttpCall;
import dev.packhorse.stores.http.HttpLimits;
import dev.packhorse.stores.http.HttpSession;
import dev.packhorse.stores.http.Pauses;
import java.io.Serializable;
import java.util.Map;

/**
 * Where a collection is, and how it is spoken with. Thread-safe.
 *
 * @param secrets a token, or none
 */
record ChromaServer(
        HttpAddress address,
        HttpLimits limits,
        TokenHeader header,
        Secrets secrets,
        Pauses pauses,
        ChromaSettings settings)
        implements Serializable {

    static final String API = "/api/v2";

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
        var headers = secrets.find("token")
                .map(token -> Map.of(header.id(), header.value(token)))
                .orElse(Map.of());
        return new HttpSession(address, headers, secrets, with, pauses);
    }

    /** The path of all collections. */
    String collections() {
        return "%s/tenants/%s/databases/%s/collections"
                .formatted(API, HttpCall.escape(settings.tenant()), HttpCall.escape(settings.database()));
    }

    /** The path of the collection, by its name. */
    String collection() {
        return collections() + "/" + HttpCall.escape(address.name());
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
