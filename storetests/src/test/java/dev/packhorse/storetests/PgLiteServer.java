package dev.packhorse.storetests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** PostgreSQL 18 with pgvector in a process of Node.js, see pglite-bridge.mjs. One transaction at a time. */
final class PgLiteServer implements AutoCloseable {

    /** PGlite's own user; it asks for no password. */
    static final String USER = "exporter";

    private static final String BRIDGE = "/pglite-bridge.mjs";
    private static final Pattern PORT = Pattern.compile("PORT=(\\d+)");

    private final LocalProcess process;
    private final Path folder;
    private final int port;

    private PgLiteServer(LocalProcess process, Path folder, int port) {
        this.process = process;
        this.folder = folder;
        this.port = port;
    }

    /** Starts one; where Node.js or the packages are missing the test is skipped. */
    static PgLiteServer start() {
        var packages = NpmPackages.folder("@electric-sql/pglite-pgvector");
        Assumptions.assumeTrue(
                packages.isPresent(), "skipped: needs Node.js and PGlite of npm; .ci/stores installs it");
        try (var resource = PgLiteServer.class.getResourceAsStream(BRIDGE)) {
            var folder = Files.createTempDirectory("packhorse-pglite");
            var bridge = folder.resolve("bridge.mjs");
            Files.copy(resource, bridge);
            var process = LocalProcess.start(
                    packages.get(),
                    folder.resolve("pglite.log"),
                    List.of("node", bridge.toString(), packages.get().toString()));
            try {
                var port = process.await("PGlite listens", () -> PORT.matcher(process.log())
                        .results()
                        .map(found -> Integer.parseInt(found.group(1)))
                        .findFirst());
                return new PgLiteServer(process, folder, port);
            } catch (RuntimeException | Error e) {
                process.close();
                LocalProcess.delete(folder);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    /** What addresses and settings of the driver it needs: one backend has no room for named statements of many sessions. */
    String settings() {
        return "prepareThreshold=0&sslmode=disable";
    }

    /** A connection, to be closed before another may do anything. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/postgres?%s".formatted(port, settings()), USER, "");
    }

    @Override
    public void close() {
        process.close();
        LocalProcess.delete(folder);
    }
}
