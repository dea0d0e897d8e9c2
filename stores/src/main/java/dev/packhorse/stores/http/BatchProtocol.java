package dev.packhorse.stores.http;

import java.io.Serializable;
import java.util.List;

/** How a store takes many rows in one request. */
public interface BatchProtocol {

    /**
     * Requests have all rows' first parts, then all rows' second parts, and so on.
     *
     * @param before all rows
     * @param between two rows
     * @param after all rows
     */
    record Part(String before, String between, String after) implements Serializable {}

    /** The parts of a request, in order. */
    List<Part> parts();

    /** Most rows of a request. */
    int mostRows();

    /** Most bytes of a request that the server takes. */
    long mostBytes();

    /** The request. */
    HttpCall call(byte[] body, int length);

    /**
     * What became of each row.
     *
     * @param answer one of the 2xx
     * @param ids of the rows sent, in order
     * @return as many, in the same order
     * @throws dev.packhorse.stores.contract.StoreException when the answer is not about these rows, or says that no row would be taken
     */
    List<Outcome> read(HttpAnswer answer, List<String> ids);
}
