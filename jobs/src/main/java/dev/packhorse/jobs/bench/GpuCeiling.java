package dev.packhorse.jobs.bench;

/**
 * What one H100 could encode at most, in real tokens a second: the least of what its memory and its arithmetic allow, both as
 * measured. Measured ceilings, docs/GPU.md.
 */
enum GpuCeiling {
    MINILM_128("MiniLM-L6, rows of 128 tokens", 25e6),
    BERT_BASE_128("BERT-base, rows of 128 tokens", 4.5e6),
    BERT_BASE_512("BERT-base, rows of 512 tokens", 4.2e6);

    private final String description;
    private final double tokensPerSecond;

    GpuCeiling(String description, double tokensPerSecond) {
        this.description = description;
        this.tokensPerSecond = tokensPerSecond;
    }

    /** Of what it is, for people. */
    String description() {
        return description;
    }

    double tokensPerSecond() {
        return tokensPerSecond;
    }

    /** The cores that keep one H100 busy, each of which tokenizes so many tokens a second. */
    long cores(double tokensPerSecondAndCore) {
        return (long) Math.ceil(tokensPerSecond / tokensPerSecondAndCore);
    }
}
