package dev.packhorse.stores.http;

import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.time.Duration;
import java.util.List;

/** What stores over HTTP can be told of requests. Constants, immutable. */
public final class HttpOptions {

    public static final Option<Duration> TIMEOUT = Option.of(
            "http-timeout",
            OptionType.duration(),
            Duration.ofMinutes(1),
            "How long a store over HTTP may take to answer a request before it is sent again.");

    public static final Option<Duration> RETRY_TIME = Option.of(
            "http-retry-time",
            OptionType.duration(),
            Duration.ofMinutes(2),
            "How long a batch is sent again to a store over HTTP that is down or busy, all in all, before the export fails.");

    public static final Option<Long> REQUEST_BYTES = Option.of(
            "http-request-bytes",
            OptionType.bytes(),
            8L << 20,
            "Most bytes of a request to a store over HTTP; a store that takes fewer gets fewer.");

    /** All of them. */
    public static final List<Option<?>> ALL = List.of(TIMEOUT, RETRY_TIME, REQUEST_BYTES);

    private HttpOptions() {}
}
