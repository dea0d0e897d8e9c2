/**
 * Encoders on GPUs: a {@code DeviceSession} for each of them, pinned to a thread of its own, fed with {@code RowSlice}s of
 * batches from one bounded queue.
 */
package dev.packhorse.engine.gpu;
