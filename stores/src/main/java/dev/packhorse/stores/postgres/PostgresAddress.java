package dev.packhorse.stores.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.udf.options.OptionException;
import java.io.Serializable;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where a table is. Messages never repeat the address that was given, for it may hold what it must not. Immutable.
 *
 * @param hosts with ports, as the driver takes them: several behind commas are tried one after the other
 * @param database its name
 * @param schema its name
 * @param table its name
 * @param settings of the driver
 */
record PostgresAddress(String hosts, String database, String schema, String table, Map<String, String> settings)
        implements Serializable {

    static final String EXAMPLE = "postgresql://host:5432/database/table";

    /** Where a run keeps what the tables of a schema are in step with. */
    static final String MARKS = "packhorse_exports";

    /** Longer names are cut by the server without an error. */
    private static final int LONGEST_NAME = 63; // bytes

    private static final Pattern PLACE = Pattern.compile("//([^/?#]+)/([^/?#]+)/([^/?#]+)(?:\\?([^#]*))?");
    private static final Pattern HOSTS = Pattern.compile("[\\w.\\-:,\\[\\]]+");

    /** Of the driver's settings those that hold no secret, load no class and write no file. */
    private static final List<String> ALLOWED = List.of(
            "ApplicationName",
            "binaryTransfer",
            "channelBinding",
            "gssEncMode",
            "hostRecheckSeconds",
            "loadBalanceHosts",
            "options",
            "prepareThreshold",
            "preparedStatementCacheQueries",
            "preparedStatementCacheSizeMiB",
            "sslcert",
            "sslkey",
            "sslmode",
            "sslnegotiation",
            "sslrootcert",
            "targetServerType",
            "tcpKeepAlive");

    PostgresAddress {
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    /**
     * Reads what follows the scheme's colon.
     *
     * @throws OptionException when it is no such address, or holds a secret
     */
    static PostgresAddress of(String place) {
        if (place.indexOf('@') >= 0) {
            throw secretFound("a user or a password in front of @");
        }
        var parts = PLACE.matcher(place);
        if (!parts.matches() || !HOSTS.matcher(parts.group(1)).matches()) {
            throw wrong("expected an address such as %s, or .../schema.table, found another".formatted(EXAMPLE));
        }
        var table = parts.group(3);
        var dot = table.indexOf('.');
        var name = name(table.substring(dot + 1));
        if (name.equals(MARKS)) {
            throw wrong(
                    "expected a table of its own, found %s, where Packhorse keeps what was exported".formatted(MARKS));
        }
        return new PostgresAddress(
                parts.group(1),
                name(parts.group(2)),
                dot < 0 ? "public" : name(table.substring(0, dot)),
                name,
                settings(parts.group(4) == null ? "" : parts.group(4)));
    }

    private static String name(String text) {
        var name = decoded(text);
        if (name.isBlank() || name.indexOf('\0') >= 0 || name.getBytes(UTF_8).length > LONGEST_NAME) {
            throw wrong("expected names of 1 to %d bytes, found one of %d"
                    .formatted(LONGEST_NAME, name.getBytes(UTF_8).length));
        }
        return name;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrong("expected %XX with two hexadecimal digits, found another percent sign");
        }
    }

    private static Map<String, String> settings(String query) {
        var settings = new TreeMap<String, String>();
        for (var pair : query.isEmpty() ? new ArrayList<String>() : List.of(query.split("&", -1))) {
            var equals = pair.indexOf('=');
            var name = equals < 0 ? pair : decoded(pair.substring(0, equals));
            if (List.of("user", "password", "sslpassword").contains(name)) {
                throw secretFound(name);
            }
            if (equals < 0 || !ALLOWED.contains(name)) {
                throw wrong("expected settings of the driver among %s, each with a value, found '%s'"
                        .formatted(String.join(", ", ALLOWED), name));
            }
            settings.put(name, decoded(pair.substring(equals + 1)));
        }
        return settings;
    }

    private static OptionException secretFound(String what) {
        return wrong(("expected no secret in the address, found %s; secrets come from the environment "
                        + "(PACKHORSE_POSTGRESQL_USER, PACKHORSE_POSTGRESQL_PASSWORD), --secrets-file, or Hadoop's "
                        + "credential provider; a @ in a name is written %%40")
                .formatted(what));
    }

    private static OptionException wrong(String what) {
        return new OptionException("--to postgresql: " + what);
    }

    /** As the driver wants it, without settings. */
    String jdbc() {
        return "jdbc:postgresql://%s/%s"
                .formatted(hosts, URLEncoder.encode(database, UTF_8).replace("+", "%20"));
    }

    /** {@code "schema"."table"} */
    String quoted() {
        return quote(schema) + "." + quote(table);
    }

    /** A name for SQL, whatever is in it. */
    static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** As people know it. */
    @Override
    public String toString() {
        return "postgresql://%s/%s/%s.%s".formatted(hosts, database, schema, table);
    }
}
