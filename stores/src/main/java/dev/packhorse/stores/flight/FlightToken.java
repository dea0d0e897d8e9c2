package dev.packhorse.stores.flight;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.udf.options.OptionException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallInfo;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.RequestContext;

/** The token that a call shows as {@code authorization: Bearer TOKEN} (RFC 6750), and who asks for it. */
final class FlightToken {

    static final String HEADER = "authorization";

    private static final String BEARER = "Bearer ";

    private static final Pattern HEADER_TEXT = Pattern.compile("[!-~]+");

    /** Whole addresses: {@code 127.example.org} is a name that anybody may have. */
    private static final Pattern LOOPBACK = Pattern.compile("localhost|::1|\\[::1]|127(\\.\\d{1,3}){3}");

    private FlightToken() {}

    /** Where it was given. */
    static Optional<String> of(Secrets secrets) {
        var token = secrets.find(FlightOptions.TOKEN);
        if (token.filter(text -> !HEADER_TEXT.matcher(text).matches()).isPresent()) {
            throw new OptionException(
                    "the token of Flight: expected letters, digits and signs of ASCII, found others, or none, or a space");
        }
        return token;
    }

    /** What a call shows. */
    static String header(String token) {
        return BEARER + token;
    }

    /** Whether a host is this machine, seen from itself; asks nobody. */
    static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    /**
     * Lets in calls that show a token, and no other.
     *
     * @param token compared in a time that tells nothing of it
     */
    static FlightServerMiddleware.Factory<FlightServerMiddleware> guard(String token) {
        var expected = header(token).getBytes(UTF_8);
        return (CallInfo call, CallHeaders headers, RequestContext context) -> {
            var shown = headers.get(HEADER);
            if (shown == null || !MessageDigest.isEqual(expected, shown.getBytes(UTF_8))) {
                throw CallStatus.UNAUTHENTICATED
                        .withDescription("expected the header \"authorization: Bearer TOKEN\", found "
                                + (shown == null ? "none" : "another"))
                        .toRuntimeException();
            }
            return new LetIn();
        };
    }

    /** Of a call that was let in nothing more is asked. */
    private static final class LetIn implements FlightServerMiddleware {
        @Override
        public void onBeforeSendingHeaders(CallHeaders headers) {}

        @Override
        public void onCallCompleted(CallStatus status) {}

        @Override
        public void onCallErrored(Throwable error) {}
    }
}
