package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.IndexKind;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreKind;
import dev.packhorse.stores.contract.StoreRequest;
import dev.packhorse.udf.options.Option;
import java.util.List;
import java.util.Set;

/** What all kinds of files have in common. */
abstract class FileKind implements StoreKind {

    private final String scheme;
    private final String example;
    private final List<Option<?>> options;

    FileKind(String scheme, String example, Option<?>... options) {
        this.scheme = scheme;
        this.example = example;
        this.options = List.of(options);
    }

    @Override
    public final String scheme() {
        return scheme;
    }

    @Override
    public final String example() {
        return example;
    }

    @Override
    public final List<Option<?>> options() {
        return options;
    }

    /** None: whoever reads the files builds one. */
    @Override
    public final List<IndexKind> indexes() {
        return List.of(IndexKind.NONE);
    }

    /** None of its own: Hadoop's settings hold those of the file system. */
    @Override
    public final Set<String> secrets() {
        return Set.of();
    }

    @Override
    public final Store open(StoreRequest request) {
        request.index(this);
        return open(request, Folder.of(request, example));
    }

    /** The store at a place. */
    abstract Store open(StoreRequest request, Folder folder);
}
