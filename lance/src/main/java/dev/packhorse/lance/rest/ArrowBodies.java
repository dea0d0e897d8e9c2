package dev.packhorse.lance.rest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.channels.Channels;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;

/**
 * Batches as bodies of requests and answers.
 *
 * @see <a href="https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format">Arrow's streams and files</a>
 */
final class ArrowBodies {

    private static final int FILE_BEGINS_WITH = 'A'; // of ARROW1; a stream begins with 0xFFFFFFFF

    private ArrowBodies() {}

    /** A batch as a stream; its size is {@link BodyPublisher#contentLength}. */
    static BodyPublisher stream(VectorSchemaRoot batch) throws IOException {
        var bytes = new Bytes(batch);
        try (var writer = new ArrowStreamWriter(batch, null, Channels.newChannel(bytes))) {
            writer.start();
            writer.writeBatch();
            writer.end();
        }
        return bytes.body();
    }

    /**
     * Reads an answer.
     *
     * @param body a file, as the specification says, or a stream
     * @param each sees the batches, or where there is none an empty one
     * @throws IOException when it is neither
     */
    static void read(byte[] body, BufferAllocator allocator, Consumer<VectorSchemaRoot> each) throws IOException {
        try (var reader = reader(body, allocator)) {
            var batch = reader.getVectorSchemaRoot();
            var any = false;
            while (reader.loadNextBatch()) {
                any = true;
                each.accept(batch);
            }
            if (!any) {
                each.accept(batch);
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException | IllegalStateException e) {
            throw new IOException("no Arrow: " + e.getMessage(), e);
        }
    }

    private static ArrowReader reader(byte[] body, BufferAllocator allocator) {
        return body.length > 0 && body[0] == FILE_BEGINS_WITH
                ? new ArrowFileReader(new ByteArrayReadableSeekableByteChannel(body), allocator)
                : new ArrowStreamReader(new ByteArrayInputStream(body), allocator);
    }

    /** Bytes that are sent from where they were written to. */
    private static final class Bytes extends ByteArrayOutputStream {

        private static final int HEADERS = 1 << 14;

        private Bytes(VectorSchemaRoot batch) {
            super(HEADERS
                    + batch.getFieldVectors().stream()
                            .mapToInt(column -> column.getBufferSize())
                            .sum());
        }

        private BodyPublisher body() {
            return BodyPublishers.ofByteArray(buf, 0, count);
        }
    }
}
