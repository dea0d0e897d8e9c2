package dev.packhorse.udf.metrics;

import java.util.Locale;

/** What Spark's UI, its REST API and its metrics systems show of an embedding while it runs. */
public enum EmbedMetric {
    ROWS("texts that came in", Unit.NUMBER),
    VECTORS("rows that left with a vector", Unit.NUMBER),
    ERRORS("rows that left with an error", Unit.NUMBER),
    DUPLICATES("texts that took the vector of another one with the same text", Unit.NUMBER),
    TRUNCATED_ROWS("texts of which the model reads only the beginning", Unit.NUMBER),
    LOST_TOKENS("tokens that it does not read", Unit.NUMBER),
    TOKENS("tokens that were encoded, without padding", Unit.NUMBER),
    PADDING_TOKENS("tokens that the encoder computed beyond those; none on the fast path", Unit.NUMBER),
    BATCHES("calls of the encoder", Unit.NUMBER),
    HALVED_BATCHES("batches that could not be encoded whole, for lack of memory or for a row of theirs", Unit.NUMBER),
    TOKENIZER_TIME("time inside the tokenizer, over all tasks", Unit.NANOSECONDS),
    ENCODER_TIME("time inside the encoder, over all tasks", Unit.NANOSECONDS),
    LOAD_TIME("time for which tasks waited for the model to be loaded, over all tasks", Unit.NANOSECONDS);

    /** What a metric is a number of. */
    public enum Unit {
        NUMBER,
        NANOSECONDS
    }

    private final String help;
    private final Unit unit;

    EmbedMetric(String help, Unit unit) {
        this.help = help;
        this.unit = unit;
    }

    /** What it counts, one line for docs/METRICS.md. */
    public String help() {
        return help;
    }

    /** What it is a number of. */
    public Unit unit() {
        return unit;
    }

    /** As Spark's UI and REST API name it at an operator: {@code packhorse encoder time}. */
    public String label() {
        return "packhorse " + name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Its name in a Spark metrics source, and so in Prometheus: {@code encoder_time_nanos}. */
    public String key() {
        var name = name().toLowerCase(Locale.ROOT);
        return switch (unit) {
            case NUMBER -> name;
            case NANOSECONDS -> name + "_nanos";
        };
    }

    /** As they name it at a stage: {@code packhorse.encoder_time_nanos}. */
    public String accumulator() {
        return "packhorse." + key();
    }

    /** What a task's counts say of it. */
    public long of(Counts counts) {
        return switch (this) {
            case ROWS -> counts.get(Count.ROWS);
            case VECTORS -> counts.get(Count.VECTORS);
            case ERRORS -> counts.errors();
            case DUPLICATES -> counts.get(Count.DUPLICATES);
            case TRUNCATED_ROWS -> counts.get(Count.TRUNCATED_ROWS);
            case LOST_TOKENS -> counts.get(Count.LOST_TOKENS);
            case TOKENS -> counts.get(Count.TOKENS);
            case PADDING_TOKENS -> counts.get(Count.COMPUTED_TOKENS) - counts.get(Count.TOKENS);
            case BATCHES -> counts.get(Count.BATCHES);
            case HALVED_BATCHES -> counts.get(Count.HALVED_BATCHES);
            case TOKENIZER_TIME -> counts.get(Count.TOKENIZE_NANOS);
            case ENCODER_TIME -> counts.get(Count.ENCODE_NANOS);
            case LOAD_TIME -> counts.get(Count.LOAD_NANOS);
        };
    }
}
