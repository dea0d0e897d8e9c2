/**
 * Encoders on GPUs: a {@code DeviceSession} for each of them, pinned to a thread of its own, fed with {@code RowSlice}s of
 * batches from one bounded queue.
 *
 * <p>{@code DeviceQueue} is the encoder that tasks share. Inside: {@code RequestQueue} of {@code Request}s, taken by a {@code
 * DeviceThread} for each device, whose {@code Launches} cut them to what fits; {@code DeviceInfos} says what they are together.
 * Sessions say that memory ran out by {@code OutOfDeviceMemoryException}, which {@code OutOfDeviceMemory} finds in a library's
 * messages, as {@code LostDevice} finds those after which nothing helps; {@code EncoderSession} makes one of any encoder;
 * {@code Vectors} are joined where a launch is made in parts.
 */
package dev.packhorse.engine.gpu;
