package dev.packhorse.engine.onednn;

import org.bytedeco.javacpp.Pointer;

/** A place in memory that somebody else owns, and that must outlive its use here. Not thread-safe. */
final class Address extends Pointer {

    Address(long address) {
        this.address = address;
    }

    /** Points to another place. */
    Address at(long place) {
        address = place;
        return this;
    }
}
