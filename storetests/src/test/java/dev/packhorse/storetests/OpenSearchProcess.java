package dev.packhorse.storetests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** OpenSearch with k-NN, of the jars that the build has copied. */
final class OpenSearchProcess implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("READY (\\d+)");

    private final Path folder;
    private ServerProcess server;
    private int port;

    /** Starts it on any port. */
    OpenSearchProcess(Path folder) throws Exception {
        this.folder = folder;
        start();
    }

    /** Starts it, after a kill on the port and with the data that it had. */
    void start() throws Exception {
        var jars = Path.of(System.getProperty("packhorse.opensearch", "target/opensearch"));
        Assumptions.assumeTrue(Files.isDirectory(jars), "skipped: no jars of OpenSearch in " + jars);
        var log = folder.resolve("opensearch-" + System.nanoTime() + ".log");
        server = ServerProcess.start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms512m",
                        "-Xmx512m",
                        "-cp",
                        jars + "/*",
                        Path.of("src/test/opensearch/OpenSearchNode.java")
                                .toAbsolutePath()
                                .toString(),
                        String.valueOf(port),
                        folder.resolve("home").toString()),
                log,
                () -> READY.matcher(ServerProcess.read(log)).find());
        var ready = READY.matcher(server.said());
        if (ready.find()) {
            port = Integer.parseInt(ready.group(1));
        }
    }

    /** Of HTTP, without a slash at its end. */
    String url() {
        return "http://127.0.0.1:" + port;
    }

    void kill() throws InterruptedException {
        server.kill();
    }

    @Override
    public void close() throws InterruptedException {
        server.close();
    }
}
