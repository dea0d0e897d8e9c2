package dev.packhorse.engine.onednn;

/** What an encoder spends its time with. */
public enum Operation {
    EMBED("embed"),
    QUERY_KEY_VALUE("qkv"),
    ATTENTION("attention"),
    ATTENTION_OUTPUT("output"),
    UP("ffn up"),
    DOWN("ffn down"),
    NORM("layer norm"),
    QUANTIZE("quantise"),
    POOL("pool");

    private final String id;

    Operation(String id) {
        this.id = id;
    }

    /** A short name for tables. */
    public String id() {
        return id;
    }
}
