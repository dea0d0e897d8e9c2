package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.Receipt;
import java.util.ArrayList;
import java.util.List;

/** Rows that a format cannot hold. Not thread-safe. */
final class Refusals {

    private final List<Receipt.Refused> first = new ArrayList<>();
    private long count;

    void add(String id, String reason) {
        if (count++ < Receipt.MOST_REFUSED) {
            first.add(new Receipt.Refused(id, reason));
        }
    }

    List<Receipt.Refused> first() {
        return first;
    }

    long count() {
        return count;
    }
}
