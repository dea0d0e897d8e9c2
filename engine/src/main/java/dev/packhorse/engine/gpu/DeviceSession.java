package dev.packhorse.engine.gpu;

import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import java.util.List;

/**
 * A model on one device, for one thread alone: that which opened it runs it and closes it. ONNX Runtime keeps device memory
 * for each thread that ever ran a session (github.com/microsoft/onnxruntime/issues/29351).
 */
public interface DeviceSession extends AutoCloseable {

    /** What computes; the same answer for its whole life. */
    EncoderInfo info();

    /**
     * Encodes the rows of one or several batches in one launch.
     *
     * @param rows parts of batches, at least one; they stay the caller's
     * @return [B, D] row-major, the rows in their order, D = {@code info().dimension()}
     * @throws OutOfDeviceMemoryException when the device has not enough memory for so many rows; fewer may succeed
     * @throws dev.packhorse.engine.contract.BrokenEncoderException when the device computes nothing more in this process
     * @throws EncoderException when they could not be encoded for another reason
     */
    float[] launch(List<RowSlice> rows);

    @Override
    void close();
}
