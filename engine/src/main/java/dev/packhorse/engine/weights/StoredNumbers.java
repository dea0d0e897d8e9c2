package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Reads a tensor's numbers, as they are stored, a few megabytes at a time. */
final class StoredNumbers {

    /** How many numbers are read at a time. */
    private static final int CHUNK = 1 << 20;

    private StoredNumbers() {}

    static void read(StoredTensor stored, FloatBuffer into) {
        if (stored.varints()) {
            readVarints(stored, into);
            return;
        }
        var width = stored.type().bytes();
        var size = stored.size();
        var bytes = ByteBuffer.allocate((int) Math.min(CHUNK, size) * width).order(ByteOrder.LITTLE_ENDIAN);
        for (var done = 0L; done < size; done += bytes.limit() / width) {
            bytes.clear().limit((int) Math.min(CHUNK, size - done) * width);
            stored.file().fill(bytes, stored.bytes().position() + done * width);
            stored.type().decode(bytes.flip(), into);
        }
    }

    /** Halves, whose bits are the lower sixteen of protobuf numbers. */
    private static void readVarints(StoredTensor stored, FloatBuffer into) {
        var file = stored.file();
        var numbers = new ProtobufReader(new FileWindow(file.channel()), stored.bytes());
        var bits = ByteBuffer.allocate(Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        var done = 0L;
        try {
            for (; done < stored.size() && numbers.hasMore(); done++) {
                bits.clear().putShort((short) numbers.varint());
                stored.type().decode(bits.flip(), into);
            }
        } catch (IOException e) {
            throw file.unreadable(e);
        } catch (ModelException e) {
            throw new ModelException(file.name() + ": " + e.getMessage());
        }
        if (done < stored.size() || numbers.hasMore()) {
            throw new ModelException("%s: expected %d numbers at byte %d, found %s"
                    .formatted(
                            file.name(),
                            stored.size(),
                            stored.bytes().position(),
                            done < stored.size() ? done : "more"));
        }
    }
}
