package dev.packhorse.stores.http;

import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.Serializable;
import java.time.Duration;

/**
 * How long and how often requests are sent, and how large they are.
 *
 * @param timeout of one request
 * @param retryTime of one request and all that follow because it failed
 * @param attempts how often it is sent at most
 * @param requestBytes most bytes of one
 */
public record HttpLimits(Duration timeout, Duration retryTime, int attempts, long requestBytes)
        implements Serializable {

    /** With waits that double up to {@link Retries#LONGEST_WAIT} more than the default time takes. */
    private static final int ATTEMPTS = 20;

    /** Those of the options {@link HttpOptions}. */
    public static HttpLimits of(OptionValues options) {
        var bytes = options.get(HttpOptions.REQUEST_BYTES);
        if (bytes < 1 << 10 || bytes > 1 << 30) {
            throw new OptionException(
                    "%s: expected from 1k to 1g, found %d bytes".formatted(HttpOptions.REQUEST_BYTES.flag(), bytes));
        }
        return new HttpLimits(
                positive(options.get(HttpOptions.TIMEOUT)),
                positive(options.get(HttpOptions.RETRY_TIME)),
                ATTEMPTS,
                bytes);
    }

    private static Duration positive(Duration time) {
        return time.isZero() ? Duration.ofSeconds(1) : time;
    }

    /** For the first words with a store: who mistypes an address should not wait long to be told. */
    public HttpLimits withAttempts(int fewer) {
        return new HttpLimits(timeout, retryTime, fewer, requestBytes);
    }
}
