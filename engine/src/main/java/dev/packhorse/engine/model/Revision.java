package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;
import java.util.Collection;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A name for exactly these files: {@code sha256:} and the SHA-256, in hex, of the lines {@code SHA256  PATH\n}, sorted by
 * path, of all files that were read of a model. The lines are what the command {@code sha256sum} prints.
 */
final class Revision {

    private static final Pattern WRITTEN = Pattern.compile("sha256:[0-9a-f]{64}");

    private Revision() {}

    static String of(Collection<ModelFile> files) {
        return "sha256:"
                + Sha256.hex(files.stream()
                        .sorted(Comparator.comparing(ModelFile::path))
                        .map(file -> file.sha256() + "  " + file.path() + "\n")
                        .collect(Collectors.joining()));
    }

    /** @throws ModelException when the model is another than the one asked for */
    static void check(String model, String expected, String found) {
        if (!WRITTEN.matcher(expected).matches()) {
            throw new ModelException("--revision: expected sha256: and 64 hexadecimal digits in lower case, found '%s'"
                    .formatted(expected));
        }
        if (!expected.equals(found)) {
            throw new ModelException(
                    "--revision: expected %s, found %s, which is the revision of %s".formatted(expected, found, model));
        }
    }
}
