package dev.packhorse.engine.synthetic;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * The numbers of a parameter, made row by row as they are written: models of gigabytes never lie in memory.
 *
 * <p>Each is the sum of the four 16-bit parts of a random long, which is nearly normal, and quickly made. The rows of a
 * matrix have a mean of 0: what an activation adds to all of its outputs would else grow with each layer, until all texts
 * had the same vector. Not thread-safe.
 */
final class RandomNumbers {

    private static final int BUFFER = 1 << 20; // bytes

    /** Of the sum of four numbers that are uniform among 0 to 65535. */
    private static final double MEAN = 2 * 65_535.0;

    private static final double DEVIATION = Math.sqrt(4 * (65_536.0 * 65_536.0 - 1) / 12);

    private final Parameter parameter;
    private final SplittableRandom random;
    private final float[] row; // [columns]

    RandomNumbers(Parameter parameter) {
        this.parameter = parameter;
        this.random = new SplittableRandom(parameter.seed());
        this.row = new float[parameter.columns()];
    }

    /** Writes all of them, row-major, little-endian. */
    void writeTo(OutputStream out) throws IOException {
        var rowBytes = row.length * Float.BYTES;
        var buffer = ByteBuffer.allocate(Math.max(rowBytes, BUFFER)).order(ByteOrder.LITTLE_ENDIAN);
        for (var i = 0; i < parameter.rows(); i++) {
            if (buffer.remaining() < rowBytes) {
                out.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            next();
            buffer.asFloatBuffer().put(row);
            buffer.position(buffer.position() + rowBytes);
        }
        out.write(buffer.array(), 0, buffer.position());
    }

    private void next() {
        var scale = (float) (parameter.deviation() / DEVIATION);
        var sum = 0L;
        for (var i = 0; i < row.length; i++) {
            var bits = random.nextLong();
            var four = (int) ((bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48));
            sum += four;
            row[i] = four; // below 2^24, so it is exact
        }
        var middle = (float) (parameter.isMatrix() ? (double) sum / row.length : MEAN);
        var mean = (float) parameter.mean();
        for (var i = 0; i < row.length; i++) {
            row[i] = (row[i] - middle) * scale + mean;
        }
    }
}
