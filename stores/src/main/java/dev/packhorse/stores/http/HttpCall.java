package dev.packhorse.stores.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;

/**
 * A request.
 *
 * @param method such as {@code POST}
 * @param path with its query, from the address's base, beginning with a slash; escaped
 * @param contentType of the body
 * @param body not copied: the caller leaves it as it is until there is an answer
 * @param length how many bytes of the body are sent
 */
public record HttpCall(String method, String path, String contentType, byte[] body, int length) {

    private static final String JSON = "application/json";

    /** Without a body. */
    public static HttpCall of(String method, String path) {
        return new HttpCall(method, path, JSON, new byte[0], 0);
    }

    /** With a body of JSON. */
    public static HttpCall of(String method, String path, String json) {
        var bytes = json.getBytes(UTF_8);
        return new HttpCall(method, path, JSON, bytes, bytes.length);
    }

    /** A name as part of a path. */
    public static String escape(String name) {
        return URLEncoder.encode(name, UTF_8).replace("+", "%20");
    }
}
