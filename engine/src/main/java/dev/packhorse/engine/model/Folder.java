package dev.packhorse.engine.model;

/**
 * A folder of named files, wherever it lies: on a disk, on a shared file system, in a jar. Its {@code toString} is what
 * messages call it. Thread-safe.
 */
public interface Folder {

    /** Its last name, by which people know the model. */
    String name();

    /**
     * Whether there is such a file.
     *
     * @param path relative to the folder, with / between its parts
     * @throws dev.packhorse.engine.contract.ModelException when that cannot be found out
     */
    boolean has(String path);

    /**
     * Where a file lies, or would.
     *
     * @param path as of {@link #has}
     */
    ModelFile.Location location(String path);
}
