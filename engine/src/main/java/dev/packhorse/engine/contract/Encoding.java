package dev.packhorse.engine.contract;

/**
 * A batch that an encoder was given by {@link Encoder#start}. Whoever started it closes it, before its batch: until then the
 * encoder may read that. For one thread alone.
 */
public interface Encoding extends AutoCloseable {

    /**
     * Waits for the vectors, for as long as it takes; once.
     *
     * @return what {@link Encoder#encode} returns
     * @throws EncoderException when the batch could not be encoded, as {@link Encoder#encode} does
     * @throws IllegalStateException when the encoder is closed, or the thread is interrupted: it stays so
     */
    float[] await();

    /**
     * Gives up the answer where it is not there yet: takes the batch back if nothing has begun with it, else waits until
     * nothing reads it any more, be the thread interrupted or not. A second time does nothing.
     */
    @Override
    void close();
}
