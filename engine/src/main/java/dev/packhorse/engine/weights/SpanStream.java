package dev.packhorse.engine.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of a file as a stream, which ends where the part or the file does. Closing it leaves the file open. */
final class SpanStream extends InputStream {

    private final FileChannel channel;
    private final long end;
    private long next;

    SpanStream(FileChannel channel, Span span) {
        this.channel = channel;
        this.next = span.position();
        this.end = span.end();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (next >= end) {
            return -1;
        }
        var read = channel.read(ByteBuffer.wrap(into, offset, (int) Math.min(length, end - next)), next);
        next += Math.max(read, 0);
        return read;
    }
}
