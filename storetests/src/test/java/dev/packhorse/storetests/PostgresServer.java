package dev.packhorse.storetests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A PostgreSQL server of Debian's package in a folder of its own, on a free port of 127.0.0.1, with passwords. PostgreSQL does
 * not run as root: where a test does, the server runs as the user postgres, whom the package makes.
 */
final class PostgresServer implements AutoCloseable {

    static final String USER = "exporter";
    static final String PASSWORD = "s3cr3t of the exporter";
    static final String DATABASE = "vectors";

    private static final Path PACKAGES = Path.of("/usr/lib/postgresql");
    private static final String RUNS_AS = "postgres";

    private final Path folder;
    private final LocalProcess process;
    private final int port;

    private PostgresServer(Path folder, LocalProcess process, int port) {
        this.folder = folder;
        this.process = process;
        this.port = port;
    }

    /** Starts one; where the package is missing the test is skipped. */
    static PostgresServer start() {
        var programs = programs();
        Assumptions.assumeTrue(
                programs.isPresent(),
                "skipped: needs PostgreSQL of Debian's package postgresql; .ci/stores installs it");
        try {
            var folder = Files.createTempDirectory("packhorse-postgres");
            try {
                return start(programs.get(), folder);
            } catch (RuntimeException | Error e) {
                LocalProcess.delete(folder);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> programs() {
        if (!Files.isDirectory(PACKAGES)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(PACKAGES)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PostgresServer start(Path programs, Path folder) throws IOException {
        var password = Files.writeString(folder.resolve("password"), PASSWORD);
        own(folder);
        own(password);
        var data = folder.resolve("data");
        LocalProcess.run(
                folder,
                folder.resolve("initdb.log"),
                asUser(
                        programs.resolve("initdb").toString(),
                        "--pgdata=" + data,
                        "--username=" + USER,
                        "--pwfile=" + password,
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--no-sync"));
        var port = freePort();
        var process = LocalProcess.start(
                folder,
                folder.resolve("postgres.log"),
                asUser(
                        programs.resolve("postgres").toString(),
                        "-D",
                        data.toString(),
                        "-p",
                        String.valueOf(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "fsync=off"));
        var server = new PostgresServer(folder, process, port);
        try {
            process.await("PostgreSQL takes connections", server::answers);
            try (var connection = server.connect("postgres");
                    var statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
            return server;
        } catch (SQLException | RuntimeException | Error e) {
            server.close();
            throw new AssertionError(process.log(), e);
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static void own(Path path) throws IOException {
        if (isRoot()) {
            Files.setOwner(
                    path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(RUNS_AS));
        }
    }

    private static List<String> asUser(String... command) {
        var all = new ArrayList<String>();
        if (isRoot()) {
            all.addAll(List.of("setpriv", "--reuid=" + RUNS_AS, "--regid=" + RUNS_AS, "--clear-groups"));
        }
        all.addAll(List.of(command));
        return all;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Optional<Boolean> answers() {
        try (var connection = connect("postgres")) {
            return Optional.of(connection.isValid(10));
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    int port() {
        return port;
    }

    /** A connection to the tests' database. */
    Connection connect() throws SQLException {
        return connect(DATABASE);
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database), USER, PASSWORD);
    }

    /** Runs statements. */
    void execute(String sql) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first value of the first row. */
    String ask(String sql) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    @Override
    public void close() {
        stop();
        LocalProcess.delete(folder);
    }

    /** SIGTERM lets sessions go on; so those that a test has left are ended first. */
    private void stop() {
        try (var connection = connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL");
        } catch (SQLException e) {
            // it is down already
        }
        process.close();
    }
}
