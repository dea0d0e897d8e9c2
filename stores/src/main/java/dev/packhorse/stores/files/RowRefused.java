package dev.packhorse.stores.files;

/** A row that a format cannot hold; the message is the reason. */
final class RowRefused extends Exception {

    private static final long serialVersionUID = 1;

    RowRefused(String reason) {
        super(reason);
    }
}
