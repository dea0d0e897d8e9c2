package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import java.util.List;
import java.util.Set;

/** Parquet files in a folder for each namespace, as Pinecone imports them. */
public final class PineconeKind implements StoreKind {

    @Override
    public String scheme() {
        return "pinecone";
    }

    @Override
    public String example() {
        return "pinecone:s3a://bucket/import";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(FileOptions.PINECONE_NAMESPACE);
    }

    /** None: whoever reads the files builds one. */
    @Override
    public List<IndexKind> indexes() {
        return List.of(IndexKind.NONE);
    }

    /** None of its own: Hadoop's settings hold those of the file system. */
    @Override
    public Set<String> secrets() {
        return Set.of();
    }

    @Override
    public Store open(StoreRequest request) {
        request.index(this);
        var namespace = request.options().get(FileOptions.PINECONE_NAMESPACE);
        if (namespace.contains("/") || namespace.startsWith(".") || namespace.startsWith("_packhorse")) {
            throw new OptionException("%s %s: expected a name that can be that of a folder, found none"
                    .formatted(FileOptions.PINECONE_NAMESPACE.flag(), namespace));
        }
        var format = new ParquetFormat(new PineconeProfile(), false);
        var folder = Folder.of(request, example());
        return new FileStore(
                scheme(), folder, Place.folder(folder.child(namespace)), format, new FolderPublishing(format));
    }
}
