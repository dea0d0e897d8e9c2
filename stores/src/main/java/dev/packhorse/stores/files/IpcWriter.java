package dev.packhorse.stores.files;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowFooter;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.hadoop.fs.FSDataOutputStream;

/**
 * Writes Arrow's IPC file format, or the record batches of its stream format alone
 * (https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc). Arrow's own writers are
 * bound to one root; this takes whatever root a batch comes in, and sends its buffers as they lie.
 */
final class IpcWriter implements FileFormat.Writer {

    /** Where a file begins and ends. */
    private static final byte[] MAGIC = "ARROW1".getBytes(US_ASCII);

    /** What is in front of a message; followed by a length of 0 it ends a stream. */
    private static final int CONTINUATION = -1;

    private final Schema schema;
    private final boolean wholeFile;
    private final WriteChannel out;
    private final List<ArrowBlock> blocks = new ArrayList<>();

    private IpcWriter(Schema schema, boolean wholeFile, FSDataOutputStream out) {
        this.schema = schema;
        this.wholeFile = wholeFile;
        this.out = new WriteChannel(Channels.newChannel(out));
    }

    /** A file of its own. */
    static IpcWriter file(Schema schema, FSDataOutputStream out) throws IOException {
        var writer = new IpcWriter(schema, true, out);
        writer.out.write(MAGIC);
        writer.out.align();
        MessageSerializer.serialize(writer.out, schema);
        return writer;
    }

    /** A piece of a stream: what {@link #beginStream} writes comes before all pieces, {@link #endStream} after them. */
    static IpcWriter piece(Schema schema, FSDataOutputStream out) {
        return new IpcWriter(schema, false, out);
    }

    static void beginStream(Schema schema, FSDataOutputStream out) throws IOException {
        MessageSerializer.serialize(new WriteChannel(Channels.newChannel(out)), schema);
    }

    static void endStream(FSDataOutputStream out) throws IOException {
        end(new WriteChannel(Channels.newChannel(out)));
    }

    private static void end(WriteChannel out) throws IOException {
        out.writeIntLittleEndian(CONTINUATION);
        out.writeIntLittleEndian(0);
    }

    @Override
    public long write(VectorSchemaRoot batch, Refusals refusals) throws IOException {
        try (var message = new VectorUnloader(batch).getRecordBatch()) {
            blocks.add(MessageSerializer.serialize(out, message));
        }
        if (!wholeFile) {
            blocks.clear(); // a stream has no footer
        }
        return batch.getRowCount();
    }

    @Override
    public void finish() throws IOException {
        try (out) {
            if (wholeFile) {
                end(out);
                var footer = out.getCurrentPosition();
                out.write(new ArrowFooter(schema, List.of(), blocks), false);
                out.writeIntLittleEndian((int) (out.getCurrentPosition() - footer));
                out.write(MAGIC);
            }
        }
    }
}
