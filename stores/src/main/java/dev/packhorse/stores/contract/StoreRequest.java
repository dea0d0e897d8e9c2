package dev.packhorse.stores.contract;

import dev.packhorse.udf.options.OptionValues;
import java.util.Map;

/**
 * Which store, and how.
 *
 * @param address what {@code --to} says, the scheme included
 * @param options the options of its kind and those of every export, see {@link StoreOptions}
 * @param secrets those found of what the kind asks for
 * @param hadoop settings of Hadoop, by which folders are reached
 */
public record StoreRequest(String address, OptionValues options, Secrets secrets, Map<String, String> hadoop) {

    /** What follows the scheme and its colon. */
    public String place() {
        return address.substring(address.indexOf(':') + 1);
    }

    /** The index that was asked for, or the kind's own choice. */
    public IndexKind index(StoreKind kind) {
        var choice = options.find(StoreOptions.INDEX).orElse(kind.indexes().get(0));
        if (!kind.indexes().contains(choice)) {
            throw new dev.packhorse.udf.options.OptionException("--index %s: expected one of %s for %s, found another"
                    .formatted(
                            choice.id(),
                            kind.indexes().stream().map(IndexKind::id).toList(),
                            kind.scheme()));
        }
        return choice;
    }
}
