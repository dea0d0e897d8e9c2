package dev.packhorse.storetests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Hands on one connection to a server, until the client has sent so many bytes. */
final class BreakingProxy implements AutoCloseable {

    /** What happens then. */
    enum Fault {
        /** Both sides find it broken. */
        BREAK,
        /** Nothing is handed on any more, and nobody is told. */
        STALL
    }

    private final ServerSocket listening;
    private final int serverPort;
    private final long most;
    private final Fault fault;
    private final AtomicLong handedOn = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);

    private BreakingProxy(ServerSocket listening, int serverPort, long most, Fault fault) {
        this.fault = fault;
        this.listening = listening;
        this.serverPort = serverPort;
        this.most = most;
    }

    static BreakingProxy start(int serverPort, long most, Fault fault) throws IOException {
        var proxy =
                new BreakingProxy(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), serverPort, most, fault);
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
            copy(client.getInputStream(), server.getOutputStream(), most, handedOn);
            if (fault == Fault.STALL) {
                closed.await();
            }
        } catch (IOException | InterruptedException e) {
            // one of the two has ended it
        }
    }

    private static void copyQuietly(Socket from, Socket to) {
        try {
            copy(from.getInputStream(), to.getOutputStream(), Long.MAX_VALUE, new AtomicLong());
        } catch (IOException e) {
            // as above
        }
    }

    /** How many bytes of the client's the server has got. */
    long handedOn() {
        return handedOn.get();
    }

    private static void copy(InputStream from, OutputStream to, long most, AtomicLong count) throws IOException {
        var bytes = new byte[8192];
        var left = most;
        while (left > 0) {
            var read = from.read(bytes, 0, (int) Math.min(bytes.length, left));
            if (read < 0) {
                return;
            }
            to.write(bytes, 0, read);
            count.addAndGet(read);
            left -= read;
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listening.close();
    }
}
