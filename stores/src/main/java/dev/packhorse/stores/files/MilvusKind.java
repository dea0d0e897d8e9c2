package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreRequest;

/** Parquet files in a folder, as Milvus imports them. */
public final class MilvusKind extends FileKind {

    /** For {@link java.util.ServiceLoader}. */
    public MilvusKind() {
        super("milvus", "milvus:s3a://bucket/import");
    }

    @Override
    Store open(StoreRequest request, Folder folder) {
        var format = new ParquetFormat(ColumnsProfile.MILVUS, false);
        return new FileStore(scheme(), folder, Place.folder(folder), format, new FolderPublishing(format));
    }
}
