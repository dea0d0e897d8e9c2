package dev.packhorse.stores.http;

import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.OptionException;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a store is: {@code SCHEME:https://host:port/[path/]name}.
 *
 * @param scheme of the kind
 * @param base of all paths, without a slash at its end
 * @param name of the index or collection
 */
public record HttpAddress(String scheme, URI base, String name) implements Serializable {

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    /**
     * Reads the address of a request. A secret goes to other machines over TLS alone.
     *
     * @param names what the last part of the path must be like
     * @param like the same in words
     * @param hasSecret whether one would be sent
     * @throws OptionException when it is no such address; one that holds a secret is not repeated
     */
    public static HttpAddress of(StoreKind kind, StoreRequest request, Pattern names, String like, boolean hasSecret) {
        var place = request.place();
        refuseSecrets(kind, place);
        var uri = uri(kind, place);
        var path = uri.getPath() == null ? "" : uri.getPath();
        var slash = path.lastIndexOf('/');
        var name = path.substring(slash + 1);
        if (!names.matcher(name).matches()) {
            throw new OptionException(
                    "--to %s: expected at its end %s, found '%s'".formatted(request.address(), like, name));
        }
        if (hasSecret && !secure(uri)) {
            throw new OptionException(
                    "--to %s: expected https, for a password or token would go to another machine for all to read, found http"
                            .formatted(request.address()));
        }
        var port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        var base = URI.create(uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getHost() + port
                + uri.getRawPath().substring(0, uri.getRawPath().lastIndexOf('/')));
        return new HttpAddress(kind.scheme(), base, name);
    }

    private static void refuseSecrets(StoreKind kind, String place) {
        var from = place.indexOf("//") + 2;
        var slash = place.indexOf('/', from);
        if (place.substring(0, slash < 0 ? place.length() : slash).contains("@")) {
            throw new OptionException(
                    "--to: expected an address without user and password such as %s, found an @ in front of the host; they come from the environment (PACKHORSE_%s_<NAME>), from --secrets-file or from Hadoop's credential provider: %s"
                            .formatted(
                                    kind.example(),
                                    kind.scheme().toUpperCase(Locale.ROOT),
                                    String.join(
                                            ", ",
                                            kind.secrets().stream().sorted().toList())));
        }
    }

    private static URI uri(StoreKind kind, String place) {
        try {
            var uri = new URI(place);
            var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https"))
                    && uri.getHost() != null
                    && uri.getQuery() == null
                    && uri.getFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new OptionException("--to %s:%s: expected an address such as %s, found another"
                .formatted(kind.scheme(), place, kind.example()));
    }

    private static boolean secure(URI uri) {
        return uri.getScheme().equalsIgnoreCase("https")
                || LOOPBACK.matcher(uri.getHost().toLowerCase(Locale.ROOT)).matches();
    }

    /** As {@code --to} says it. */
    @Override
    public String toString() {
        return scheme + ":" + base + "/" + name;
    }
}
