package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreRequest;

/** One file that is an Arrow IPC stream. */
public final class ArrowStreamKind extends FileKind {

    /** For {@link java.util.ServiceLoader}. */
    public ArrowStreamKind() {
        super("arrow-stream", "arrow-stream:/data/vectors.arrows");
    }

    @Override
    Store open(StoreRequest request, Folder file) {
        return new FileStore(scheme(), file, Place.file(file), new ArrowFormat(true), new StreamPublishing(file));
    }
}
