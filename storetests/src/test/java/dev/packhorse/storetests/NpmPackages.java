package dev.packhorse.storetests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Where .ci/stores has put packages of npm: the folder that the environment's PACKHORSE_NPM names, or this module's build folder. */
final class NpmPackages {

    private NpmPackages() {}

    /** The folder whose node_modules has a package; empty where it is missing or there is no Node.js to run it. */
    static Optional<Path> folder(String needed) {
        var named = System.getenv("PACKHORSE_NPM");
        var folder = named == null ? Path.of("target", "npm") : Path.of(named);
        return Files.isDirectory(folder.resolve("node_modules").resolve(needed)) && hasNode()
                ? Optional.of(folder.toAbsolutePath())
                : Optional.empty();
    }

    private static boolean hasNode() {
        try {
            var node = new ProcessBuilder("node", "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return node.waitFor(1, TimeUnit.MINUTES) && node.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
