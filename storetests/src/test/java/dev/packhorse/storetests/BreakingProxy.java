package dev.packhorse.storetests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Hands on one connection to a server, until the client has sent so many bytes: then both sides find it broken. */
final class BreakingProxy implements AutoCloseable {

    private final ServerSocket listening;
    private final int serverPort;
    private final long most;

    private BreakingProxy(ServerSocket listening, int serverPort, long most) {
        this.listening = listening;
        this.serverPort = serverPort;
        this.most = most;
    }

    static BreakingProxy start(int serverPort, long most) throws IOException {
        var proxy = new BreakingProxy(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), serverPort, most);
        daemon(proxy::serve);
        return proxy;
    }

    int port() {
        return listening.getLocalPort();
    }

    private static void daemon(Runnable work) {
        var thread = new Thread(work, "breaking proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve() {
        try (var client = listening.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
            daemon(() -> copyQuietly(server, client));
            copy(client.getInputStream(), server.getOutputStream(), most);
        } catch (IOException e) {
            // one of the two has ended it
        }
    }

    private static void copyQuietly(Socket from, Socket to) {
        try {
            copy(from.getInputStream(), to.getOutputStream(), Long.MAX_VALUE);
        } catch (IOException e) {
            // as above
        }
    }

    private static void copy(InputStream from, OutputStream to, long most) throws IOException {
        var bytes = new byte[8192];
        var left = most;
        while (left > 0) {
            var count = from.read(bytes, 0, (int) Math.min(bytes.length, left));
            if (count < 0) {
                return;
            }
            to.write(bytes, 0, count);
            left -= count;
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
