package dev.packhorse.lance.rest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.StoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.channels.Channels;
import java.util.Arrays;
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

    private static final byte[] FILE_BEGINS_WITH = "ARROW1".getBytes(US_ASCII);

    private static final byte[] STREAM_BEGINS_WITH = {-1, -1, -1, -1};

    private static final int MOST_OF_A_MESSAGE = 100; // bytes

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
        } catch (StoreException e) {
            throw e; // of who sees the batches
        } catch (RuntimeException e) {
            throw new IOException("broken Arrow: " + e.getMessage(), e);
        }
    }

    private static ArrowReader reader(byte[] body, BufferAllocator allocator) throws IOException {
        if (begins(body, FILE_BEGINS_WITH)) {
            return new ArrowFileReader(new ByteArrayReadableSeekableByteChannel(body), allocator);
        }
        if (begins(body, STREAM_BEGINS_WITH)) {
            return new ArrowStreamReader(new ByteArrayInputStream(body), allocator);
        }
        // a reader would take its first bytes for a size
        throw new IOException("'%s'".formatted(new String(body, 0, Math.min(body.length, MOST_OF_A_MESSAGE), UTF_8)));
    }

    private static boolean begins(byte[] body, byte[] with) {
        return body.length >= with.length && Arrays.equals(body, 0, with.length, with, 0, with.length);
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
