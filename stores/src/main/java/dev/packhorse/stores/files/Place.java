package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.StoreException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;

/**
 * Where an export goes: the folder that gets its files, where tasks write before they are published (hidden from readers by its
 * underscore, and by names that are none of the format's), and the manifest.
 */
record Place(Folder root, Folder staging, Folder manifest) implements Serializable {

    static final String STAGING = "_packhorse";

    /** A folder for files. */
    static Place folder(Folder root) {
        return new Place(root, root.child(STAGING), root.child(Manifest.FILE));
    }

    /** One file, in a folder that may hold others. */
    static Place file(Folder file) {
        var root = file.parent();
        return new Place(
                root,
                root.child(STAGING + "-" + file.name()),
                root.child(Manifest.FILE.replace(".json", "-" + file.name() + ".json")));
    }

    Folder staging(String run) {
        return staging.child(run);
    }

    Optional<Manifest> readManifest() {
        return Failures.of("read " + manifest, () -> manifest.readJson(Manifest.class));
    }

    Manifest expectManifest() {
        return readManifest()
                .orElseThrow(() -> new StoreException(
                        "expected an export in %s, found no %s; export first".formatted(root, manifest.name())));
    }

    /** A part, which must be as long as the task said; it may have been moved already by a run that was killed after. */
    void expectPart(String run, Part part, Folder moved) throws IOException {
        var file = staging(run).child(part.name());
        var length = file.length();
        if (length.isEmpty()) {
            length = moved.length();
        }
        if (length.isEmpty() || length.get() != part.bytes()) {
            throw new IOException(
                    "expected the part %s of %d bytes, found %s; two exports to one place at a time take each other's parts"
                            .formatted(
                                    file,
                                    part.bytes(),
                                    length.map(bytes -> bytes + " bytes").orElse("none")));
        }
    }
}
