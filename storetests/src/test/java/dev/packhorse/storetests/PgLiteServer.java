package dev.packhorse.storetests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    private final Path bridge;
    private final int port;

    private PgLiteServer(LocalProcess process, Path bridge, int port) {
        this.process = process;
        this.bridge = bridge;
        this.port = port;
    }

    /** Starts one; where Node.js or the packages are missing the test is skipped. */
    static PgLiteServer start() {
        var packages = NpmPackages.folder("@electric-sql/pglite-pgvector");
        Assumptions.assumeTrue(
                packages.isPresent(), "skipped: needs Node.js and PGlite of npm; .ci/stores installs it");
        try (var resource = PgLiteServer.class.getResourceAsStream(BRIDGE)) {
            var bridge = Files.createTempFile("packhorse-bridge", ".mjs");
            Files.copy(resource, bridge, StandardCopyOption.REPLACE_EXISTING);
            var process = LocalProcess.start(
                    packages.get(),
                    Files.createTempFile("packhorse-pglite", ".log"),
                    List.of("node", bridge.toString(), packages.get().toString()));
            try {
                var port = process.await("PGlite listens", () -> PORT.matcher(process.log())
                        .results()
                        .map(found -> Integer.parseInt(found.group(1)))
                        .findFirst());
                return new PgLiteServer(process, bridge, port);
            } catch (RuntimeException | Error e) {
                process.close();
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
        try {
            Files.deleteIfExists(bridge);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
