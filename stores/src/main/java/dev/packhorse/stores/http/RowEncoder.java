package dev.packhorse.stores.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Writes one row. */
@FunctionalInterface
public interface RowEncoder {

    /** @param parts one for each {@link BatchProtocol.Part}; a value goes into each, or lines into the only one */
    void encode(JsonGenerator[] parts) throws IOException;
}
