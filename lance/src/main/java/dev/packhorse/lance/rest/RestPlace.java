package dev.packhorse.lance.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.StoreException;
import java.io.Serializable;
import java.net.URLEncoder;
import java.util.List;

/**
 * Where a table of a server is. Prints no secret.
 *
 * @param server {@code http://host:port}
 * @param names of the namespaces around it, the outermost first, and its own
 */
record RestPlace(String server, List<String> names, Secrets secrets) implements Serializable {

    /** The secret that the server may ask for. */
    static final String TOKEN = "token";

    /** Between names. */
    static final String DELIMITER = "$";

    /** Copies the list. */
    RestPlace {
        names = List.copyOf(names);
    }

    /** The path of something to be done with the table. */
    String table(String action) {
        return "/v1/table/%s/%s".formatted(id(names), action);
    }

    /** The path that creates the namespace of the first names. */
    String createNamespace(int depth) {
        return "/v1/namespace/%s/create".formatted(id(names.subList(0, depth)));
    }

    private static String id(List<String> names) {
        return encode(String.join(DELIMITER, names));
    }

    /** A text as part of a path or of a query. */
    static String encode(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    /** What to throw where the server does not do what it should. */
    StoreException failure(String expected, String found, String whatToDo) {
        return new StoreException(
                "%s: expected %s, found %s; %s".formatted(this, expected, secrets.redact(found), whatToDo));
    }

    @Override
    public String toString() {
        return "lancedb:%s/%s".formatted(server, String.join("/", names));
    }
}
