package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreRequest;

/** Folders of lines of JSON, as Vertex AI Vector Search takes them. */
public final class VertexKind extends FileKind {

    /** For {@link java.util.ServiceLoader}. */
    public VertexKind() {
        super("vertex", "vertex:gs://bucket/batches", FileOptions.VERTEX_METADATA);
    }

    @Override
    Store open(StoreRequest request, Folder folder) {
        var format = new VertexFormat(request.options().get(FileOptions.VERTEX_METADATA));
        return new FileStore(
                scheme(),
                folder,
                Place.folder(folder),
                format,
                new BatchPublishing(format, BatchPublishing.MOST_FILES_FOR_VERTEX));
    }
}
