package dev.packhorse.engine.contract;

/** The numbers that the layers are computed in; vectors are float32 whatever it is. */
public enum Precision {
    /** IEEE 754 binary32. */
    FLOAT32("float32", "float32"),
    /** Matrix products and token vectors of float32's upper half, sums in float32. */
    BFLOAT16("bfloat16", "bfloat16"),
    /** Matrix products and token vectors of IEEE 754 binary16, sums in float32: on GPUs. */
    FLOAT16("float16", "float16"),
    /** Matrix products of 8-bit integers with a scale for each token and each channel; the rest as above. */
    INT8("int8", "int8-1");

    private final String id;
    private final String scheme;

    Precision(String id, String scheme) {
        this.id = id;
        this.scheme = scheme;
    }

    /** What fingerprints say: counts up when other roundings or another calibration make other vectors. */
    public String scheme() {
        return scheme;
    }

    /** The name that options, manifests and logs use. */
    public String id() {
        return id;
    }
}
