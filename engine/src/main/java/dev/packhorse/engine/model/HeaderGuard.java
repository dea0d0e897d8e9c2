package dev.packhorse.engine.model;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Stops a tar whose headers are of no sensible size: names and extended headers are read into memory whole, and hundreds of
 * megabytes of them pack to a few.
 */
final class HeaderGuard extends FilterInputStream {

    private static final long MOST = 1 << 20;

    private long left = Long.MAX_VALUE;

    HeaderGuard(InputStream packed) {
        super(packed);
    }

    /** The next entry of a tar that reads from this stream, or null at its end. */
    TarArchiveEntry next(TarArchiveInputStream tar) throws IOException {
        left = MOST;
        ArchiveEntry entry = tar.getNextEntry(); // its type before commons-compress 1.25
        left = Long.MAX_VALUE;
        return (TarArchiveEntry) entry;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        var read = super.read(bytes, offset, length);
        left -= Math.max(0, read);
        if (left < 0) {
            throw new IOException("an entry's header of more than %,d bytes".formatted(MOST));
        }
        return read;
    }
}
