package dev.packhorse.stores.flight;

import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.time.Duration;
import java.util.List;

/** What Flight can be told, on either side. Constants, immutable. */
public final class FlightOptions {

    public static final Option<Boolean> TLS = Option.of(
            "flight-tls",
            OptionType.flag(),
            false,
            "Speak TLS with the Flight server; a server on another host is spoken to in no other way.");

    public static final Option<String> CA_FILE = Option.of(
            "flight-ca-file",
            OptionType.text(),
            "Certificates, in PEM, by which the Flight server is known; on every executor. Default: those that Java trusts.");

    public static final Option<Duration> TIMEOUT = Option.of(
            "flight-timeout",
            OptionType.duration(),
            Duration.ofSeconds(60),
            "How long the other side may keep a batch, an answer or an acknowledgement waiting.");

    public static final Option<String> HOST = Option.of(
            "flight-host",
            OptionType.text(),
            "127.0.0.1",
            "Where serve-flight listens; anywhere but on this machine alone it takes TLS and a token.");

    public static final Option<Integer> PORT =
            Option.of("flight-port", OptionType.integer(0, 65_535), 8815, "Its port; 0 for any that is free.");

    public static final Option<String> CERTIFICATE_FILE = Option.of(
            "flight-certificate-file",
            OptionType.text(),
            "The certificate, in PEM, that serve-flight shows; with it, it speaks TLS.");

    public static final Option<String> KEY_FILE =
            Option.of("flight-key-file", OptionType.text(), "The key of that certificate, PKCS #8 in PEM.");

    /** Of {@code export}. */
    public static final List<Option<?>> STORE = List.of(TLS, CA_FILE, TIMEOUT);

    /** Of {@code serve-flight}. */
    public static final List<Option<?>> SERVING = List.of(HOST, PORT, CERTIFICATE_FILE, KEY_FILE, TIMEOUT);

    /** The name of the one secret: whoever has it is let in. */
    public static final String TOKEN = "token";

    private FlightOptions() {}
}
