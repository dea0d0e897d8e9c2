package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.Option;
import java.util.List;
import java.util.Set;

/** One file that is an Arrow IPC stream. */
public final class ArrowStreamKind implements StoreKind {

    @Override
    public String scheme() {
        return "arrow-stream";
    }

    @Override
    public String example() {
        return "arrow-stream:/data/vectors.arrows";
    }

    @Override
    public List<Option<?>> options() {
        return List.of();
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
        var file = Folder.of(request, example());
        return new FileStore(scheme(), file, Place.file(file), new ArrowFormat(true), new StreamPublishing(file));
    }
}
