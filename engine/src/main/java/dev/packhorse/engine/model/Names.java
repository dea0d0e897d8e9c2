package dev.packhorse.engine.model;

import java.util.Arrays;

/** Names of files as a model's own files have them, which may be anybody's. */
final class Names {

    private Names() {}

    /** Whether it leads to a place inside the folder: relative, without .., and of plain parts. */
    static boolean isWithin(String path) {
        return !path.isEmpty()
                && path.chars().noneMatch(c -> c == '\\' || c < ' ' || c == 0x7f)
                && Arrays.stream(path.split("/", -1))
                        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    }

    /** Whether it is the name of a file in the folder itself. */
    static boolean isPlain(String name) {
        return isWithin(name) && name.indexOf('/') < 0;
    }

    /** A path below a folder, which may be empty for the folder itself. */
    static String below(String folder, String path) {
        return folder.isEmpty() ? path : folder + "/" + path;
    }
}
