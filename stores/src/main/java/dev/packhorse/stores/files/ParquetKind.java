package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreRequest;

/** Parquet files in a folder, for whoever reads Parquet. */
public final class ParquetKind extends FileKind {

    /** For {@link java.util.ServiceLoader}. */
    public ParquetKind() {
        super("parquet", "parquet:/data/vectors");
    }

    @Override
    Store open(StoreRequest request, Folder folder) {
        var format = new ParquetFormat(ColumnsProfile.GENERIC, true);
        return new FileStore(scheme(), folder, Place.folder(folder), format, new FolderPublishing(format));
    }
}
