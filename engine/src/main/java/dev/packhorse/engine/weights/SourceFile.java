package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * An open file that tensors lie in.
 *
 * @param name what to call it in messages
 * @param size in bytes, when it was opened
 */
record SourceFile(String name, FileChannel channel, long size) implements AutoCloseable {

    /** @throws ModelException when it cannot be opened */
    static SourceFile open(String name, Path path) {
        try {
            var channel = FileChannel.open(path);
            try {
                return new SourceFile(name, channel, channel.size());
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new ModelException("%s: expected a file of weights, found: %s".formatted(name, e.getMessage()), e);
        }
    }

    /** Reads as many bytes as there is room for. */
    void fill(ByteBuffer bytes, long position) {
        try {
            var at = position;
            while (bytes.hasRemaining()) {
                var read = channel.read(bytes, at);
                if (read < 0) {
                    throw new ModelException("%s: expected %d more bytes of weights at %d, found the end of the file"
                            .formatted(name, bytes.remaining(), at));
                }
                at += read;
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** What to throw when the file cannot be read any more. */
    ModelException unreadable(IOException e) {
        return new ModelException("%s: expected a readable file, found: %s".formatted(name, e), e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
