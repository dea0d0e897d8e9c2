package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.OptionException;

/** Parquet files in a folder for each namespace, as Pinecone imports them. */
public final class PineconeKind extends FileKind {

    /** For {@link java.util.ServiceLoader}. */
    public PineconeKind() {
        super("pinecone", "pinecone:s3a://bucket/import", FileOptions.PINECONE_NAMESPACE);
    }

    @Override
    Store open(StoreRequest request, Folder folder) {
        var namespace = request.options().get(FileOptions.PINECONE_NAMESPACE);
        if (namespace.contains("/") || namespace.startsWith(".") || namespace.startsWith("_packhorse")) {
            throw new OptionException("%s %s: expected a name that can be that of a folder, found none"
                    .formatted(FileOptions.PINECONE_NAMESPACE.flag(), namespace));
        }
        var format = new ParquetFormat(new PineconeProfile(), false);
        return new FileStore(
                scheme(), folder, Place.folder(folder.child(namespace)), format, new FolderPublishing(format));
    }
}
