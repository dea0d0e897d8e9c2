package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.StoreException;
import java.io.IOException;

/** Turns what goes wrong with files into what a store throws. */
final class Failures {

    /** Something with files. */
    @FunctionalInterface
    interface Action<T> {
        T get() throws IOException;
    }

    /** Something with files that gives nothing. */
    @FunctionalInterface
    interface Deed {
        void run() throws IOException;
    }

    private Failures() {}

    /** @param what should happen, for the message: {@code write part-1} */
    static <T> T of(String what, Action<T> action) {
        try {
            return action.get();
        } catch (IOException e) {
            var found = e.getClass() == IOException.class ? e.getMessage() : e.toString();
            throw new StoreException("expected to %s, found: %s".formatted(what, found), e);
        }
    }

    /** The same of what gives nothing. */
    static void in(String what, Deed deed) {
        of(what, () -> {
            deed.run();
            return true;
        });
    }
}
