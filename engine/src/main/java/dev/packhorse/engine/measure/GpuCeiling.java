package dev.packhorse.engine.measure;

/**
 * What one H100 could encode at most, in real tokens a second: the least of what its memory and its arithmetic allow, both as
 * measured. Measured ceilings, docs/GPU.md.
 */
public enum GpuCeiling {
    /** By memory traffic, in rows of 512 too. */
    MINILM("MiniLM-L6", 25e6),
    BERT_BASE_128("BERT-base, rows of 128 tokens", 4.5e6),
    BERT_BASE_512("BERT-base, rows of 512 tokens", 4.2e6),
    XLM_R_LARGE_128("XLM-R-large, rows of 128 tokens", 1.28e6),
    XLM_R_LARGE_512("XLM-R-large, rows of 512 tokens", 1.21e6);

    /** Operations a second of dense float16 with sums in float32, by which all but the first are bound. */
    public static final double ARITHMETIC = 790e12;

    private final String description;
    private final double tokensPerSecond;

    GpuCeiling(String description, double tokensPerSecond) {
        this.description = description;
        this.tokensPerSecond = tokensPerSecond;
    }

    /** Of what it is, for people. */
    public String description() {
        return description;
    }

    /** The ceiling. */
    public double tokensPerSecond() {
        return tokensPerSecond;
    }

    /** The cores that keep one H100 busy, each of which tokenizes so many tokens a second. */
    public long cores(double tokensPerSecondAndCore) {
        return (long) Math.ceil(tokensPerSecond / tokensPerSecondAndCore);
    }
}
