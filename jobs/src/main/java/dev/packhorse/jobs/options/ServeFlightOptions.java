package dev.packhorse.jobs.options;

import dev.packhorse.stores.contract.StoreOptions;
import dev.packhorse.stores.flight.FlightServing;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.List;
import java.util.stream.Stream;

/** The options of the command that hands a result out over Arrow Flight. Constants, immutable. */
public final class ServeFlightOptions {

    public static final Option<String> NAME =
            Option.of("name", OptionType.text(), "embeddings", "The path by which clients ask for the result.");

    /** All of them, in the order in which people read them. */
    public static final List<Option<?>> ALL = Stream.concat(
                    Stream.<Option<?>>of(
                            ExportOptions.FROM,
                            ReindexOptions.WAREHOUSE,
                            EmbedOptions.CARRY_COLUMNS,
                            ExportOptions.MODEL_NAME,
                            StoreOptions.BATCH_ROWS,
                            StoreOptions.METRIC,
                            NAME,
                            ExportOptions.SECRETS_FILE),
                    FlightServing.OPTIONS.stream())
            .toList();

    private ServeFlightOptions() {}
}
