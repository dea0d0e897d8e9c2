package dev.packhorse.udf.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Says what goes wrong as other streams do: Spark's channels and the connectors of clouds throw what they met. */
final class CheckedStream extends FilterInputStream {

    CheckedStream(InputStream source) {
        super(source);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return super.read(bytes, offset, length);
        } catch (RuntimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
