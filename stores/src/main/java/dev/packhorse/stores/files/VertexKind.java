package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.Option;
import java.util.List;
import java.util.Set;

/** Folders of lines of JSON, as Vertex AI Vector Search takes them. */
public final class VertexKind implements StoreKind {

    @Override
    public String scheme() {
        return "vertex";
    }

    @Override
    public String example() {
        return "vertex:gs://bucket/batches";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(FileOptions.VERTEX_METADATA);
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
        var format = new VertexFormat(request.options().get(FileOptions.VERTEX_METADATA));
        var folder = Folder.of(request, example());
        return new FileStore(
                scheme(),
                folder,
                Place.folder(folder),
                format,
                new BatchPublishing(format, BatchPublishing.MOST_FILES_FOR_VERTEX));
    }
}
