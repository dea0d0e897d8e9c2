package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.ExactSearch.Seen;
import dev.packhorse.stores.rows.VectorRows;
import java.io.IOException;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.hadoop.fs.FSDataOutputStream;

/**
 * Arrow's IPC format: files, or one stream of pieces.
 *
 * @param stream whether files are pieces of a stream
 */
record ArrowFormat(boolean stream) implements FileFormat {

    /** Of the magic in front of a file's stream, padding included. */
    private static final int BYTES_BEFORE_STREAM = 8;

    @Override
    public String suffix() {
        return stream ? ".arrows" : ".arrow";
    }

    @Override
    public void check(VectorTable table) {
        // holds whatever a table can be
    }

    @Override
    public boolean writesEmptyFile() {
        return true;
    }

    @Override
    public Writer open(VectorTable table, FSDataOutputStream out) throws IOException {
        return stream ? IpcWriter.piece(table.schema(), out) : IpcWriter.file(table.schema(), out);
    }

    /** A file is read as the stream that is in it. */
    @Override
    public void read(VectorTable table, Folder file, Seen seen) throws IOException {
        try (var in = file.files().open(file.path());
                var allocator = new RootAllocator()) {
            if (!stream) {
                in.seek(BYTES_BEFORE_STREAM);
            }
            try (var reader = new ArrowStreamReader(in, allocator)) {
                while (reader.loadNextBatch()) {
                    var rows = new VectorRows(table, reader.getVectorSchemaRoot()); // its buffers are others
                    for (var row = 0; row < rows.count(); row++) {
                        seen.row(rows.id(row), rows.vector(row));
                    }
                }
            }
        }
    }
}
