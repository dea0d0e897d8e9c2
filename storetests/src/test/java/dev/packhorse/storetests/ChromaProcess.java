package dev.packhorse.storetests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Chroma, of the npm packages that .ci/stores fetches. */
final class ChromaProcess implements AutoCloseable {

    private final Path folder;
    private final int port;
    private ServerProcess server;

    /** Starts it on any port. */
    ChromaProcess(Path folder) throws Exception {
        this.folder = folder;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = free.getLocalPort();
        }
        start();
    }

    /** Starts it, after a kill on the port and with the data that it had. */
    void start() throws Exception {
        var npm = NpmPackages.folder("chromadb");
        Assumptions.assumeTrue(npm.isPresent(), "skipped: needs Chroma from npm; .ci/stores fetches it");
        var chroma = npm.orElseThrow().resolve("node_modules/chromadb/dist/cli.mjs");
        // the shell ends the server when the tests' end of its standard input is closed
        var command = "node '%s' run --path '%s' --host 127.0.0.1 --port %d < /dev/null & cat > /dev/null; kill $!"
                .formatted(chroma, folder.resolve("chroma"), port);
        var log = folder.resolve("chroma-" + System.nanoTime() + ".log");
        server = ServerProcess.start(List.of("bash", "-c", command), log, this::answers);
    }

    private boolean answers() {
        try {
            return new Asked(url())
                    .get("/api/v2/heartbeat")
                    .path("nanosecond heartbeat")
                    .isIntegralNumber();
        } catch (IOException e) {
            return false;
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
