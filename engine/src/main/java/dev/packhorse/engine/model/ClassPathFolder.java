package dev.packhorse.engine.model;

/**
 * A folder inside a jar on the class path.
 *
 * @param path without / at either end
 */
record ClassPathFolder(String path) implements Folder {

    /** @param written as people write it */
    static ClassPathFolder of(String written) {
        return new ClassPathFolder(written.replaceAll("^/+|/+$", ""));
    }

    @Override
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public boolean has(String file) {
        return ModelFile.Location.Resource.find(location(file).name()).isPresent();
    }

    @Override
    public ModelFile.Location.Resource location(String file) {
        return new ModelFile.Location.Resource(path + "/" + file);
    }

    @Override
    public String toString() {
        return "classpath:" + path;
    }
}
