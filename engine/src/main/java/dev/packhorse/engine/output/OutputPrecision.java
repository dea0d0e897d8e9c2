package dev.packhorse.engine.output;

/**
 * The numbers that vectors are stored in. int8, uint8, binary and ubinary are those of sentence-transformers'
 * {@code quantize_embeddings} (util/quantization.py); the formulas are at {@link VectorQuantizer}.
 */
public enum OutputPrecision {
    /** IEEE 754 binary32, as the encoder gives them. */
    FLOAT32("float32"),
    /** IEEE 754 binary16, little-endian. */
    FLOAT16("float16"),
    /** A byte a number: its place between the dimension's least and greatest, -128 to 127. */
    INT8("int8"),
    /** The same, 0 to 255. */
    UINT8("uint8"),
    /** A bit a number, 1 where it is above 0; the first number is the byte's highest bit; each byte less 128. */
    BINARY("binary"),
    /** The same without the 128. */
    UBINARY("ubinary");

    private final String id;

    OutputPrecision(String id) {
        this.id = id;
    }

    /** The name that options and manifests use. */
    public String id() {
        return id;
    }

    /** Whether vectors are stored as bytes, and not as an array of floats. */
    public boolean isBytes() {
        return this != FLOAT32;
    }

    /** Whether each dimension's least and greatest number must be known first. */
    public boolean needsRanges() {
        return switch (this) {
            case FLOAT32, FLOAT16, BINARY, UBINARY -> false;
            case INT8, UINT8 -> true;
        };
    }

    /**
     * Bytes of a vector.
     *
     * @param dimension D, its numbers
     */
    public int bytes(int dimension) {
        return switch (this) {
            case FLOAT32 -> dimension * Float.BYTES;
            case FLOAT16 -> dimension * Short.BYTES;
            case INT8, UINT8 -> dimension;
            case BINARY, UBINARY -> (dimension + Byte.SIZE - 1) / Byte.SIZE;
        };
    }
}
