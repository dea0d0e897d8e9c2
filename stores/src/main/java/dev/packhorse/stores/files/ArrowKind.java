package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreRequest;

/** Arrow IPC files in a folder, one of each task. */
public final class ArrowKind extends FileKind {

    /** For {@link java.util.ServiceLoader}. */
    public ArrowKind() {
        super("arrow", "arrow:/data/vectors");
    }

    @Override
    Store open(StoreRequest request, Folder folder) {
        var format = new ArrowFormat(false);
        return new FileStore(scheme(), folder, Place.folder(folder), format, new FolderPublishing(format));
    }
}
