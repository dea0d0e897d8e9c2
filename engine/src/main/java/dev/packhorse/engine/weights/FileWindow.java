package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** Single bytes and names from a file, a few kilobytes read at a time: all readers of a file share one. */
final class FileWindow {

    /** Bytes of the longest name; the longest that exporters write are scopes, of some hundreds. */
    private static final int LONGEST_NAME = 1 << 16;

    private final FileChannel channel;
    private final ByteBuffer window = ByteBuffer.allocate(4096).limit(0);
    private long windowAt;

    FileWindow(FileChannel channel) {
        this.channel = channel;
    }

    byte at(long position) throws IOException {
        if (position < windowAt || position >= windowAt + window.limit()) {
            windowAt = position;
            window.clear();
            var read = channel.read(window, position);
            window.flip();
            if (read <= 0) {
                throw new EOFException("the file ends within a message");
            }
        }
        return window.get((int) (position - windowAt));
    }

    /** Text in UTF-8. */
    String text(Span span) throws IOException {
        if (span.length() > LONGEST_NAME) {
            throw new ModelException("expected a name of at most %d bytes at byte %d, found one of %d"
                    .formatted(LONGEST_NAME, span.position(), span.length()));
        }
        var bytes = new byte[(int) span.length()];
        for (var i = 0; i < bytes.length; i++) {
            bytes[i] = at(span.position() + i);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
