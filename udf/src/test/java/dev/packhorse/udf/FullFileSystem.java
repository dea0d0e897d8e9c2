package dev.packhorse.udf;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * This machine's files on a disk that is full after so many bytes of some files: {@code full://BYTES.NAME.HOW/path}, where
 * NAME is in the paths of the files that count, and HOW is {@code exception}, as of most file systems, or {@code error},
 * as of Hadoop's local one. Who names another HOW, such as {@code exception2}, has another disk.
 */
public final class FullFileSystem extends RawLocalFileSystem {

    /** The setting that makes it known. */
    public static final String KEY = "fs.full.impl";

    private static final URI NO_DISK = URI.create("full:///");

    private URI root; // null before it is initialized
    private AtomicLong left;
    private String counted;
    private boolean error;

    @Override
    public void initialize(URI uri, Configuration conf) throws IOException {
        root = URI.create("full://" + uri.getAuthority() + "/");
        var parts = uri.getAuthority().split("\\.", 3);
        left = new AtomicLong(Long.parseLong(parts[0]));
        counted = parts[1];
        error = parts[2].startsWith("error");
        super.initialize(root, conf);
    }

    @Override
    public URI getUri() {
        return root == null ? NO_DISK : root;
    }

    @Override
    public String getScheme() {
        return "full";
    }

    @Override
    protected OutputStream createOutputStreamWithMode(Path file, boolean append, FsPermission permission)
            throws IOException {
        var stream = super.createOutputStreamWithMode(file, append, permission);
        return file.toString().contains(counted) ? new Limited(stream) : stream;
    }

    /** As Hadoop's local file system itself throws it, for nobody else can make one. */
    private static FSError asError(IOException full) {
        try {
            var constructor = FSError.class.getDeclaredConstructor(Throwable.class);
            constructor.setAccessible(true);
            return constructor.newInstance(full);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("FSError has changed", e);
        }
    }

    private final class Limited extends FilterOutputStream {

        Limited(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (left.addAndGet(-length) < 0) {
                var full = new IOException("No space left on device");
                if (error) {
                    throw asError(full);
                }
                throw full;
            }
            out.write(bytes, from, length);
        }
    }
}
