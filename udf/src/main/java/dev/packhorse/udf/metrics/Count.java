package dev.packhorse.udf.metrics;

/** What a task counts: rows, chunks, tokens, batches, and nanoseconds where the name says so. */
public enum Count {
    /** Rows that came in. */
    ROWS,
    /** Rows that left with a vector. */
    VECTORS,
    /** Rows, or chunks of rows, that got the vector of another one with the same text. */
    DUPLICATES,
    /** Rows of which the model reads only the beginning. */
    TRUNCATED_ROWS,
    /** Tokens that it does not read. */
    LOST_TOKENS,
    /** Rows whose text was cut into chunks. */
    CHUNKED_ROWS,
    /** The chunks that those became. */
    CHUNKS,
    /** Rows that leave beyond one for each that came in: where chunks are rows, all but the first of each text. */
    FURTHER_ROWS,
    /** Tokens that were tokenized and wait for the encoder. */
    PENDING_TOKENS,
    /** Rows, or chunks of rows, that the encoder got; duplicates are not among them. */
    ENCODED_ROWS,
    /** Batches that were encoded. */
    BATCHES,
    /** Batches that could not be encoded whole: their halves were tried. */
    HALVED_BATCHES,
    /** Tokens that were encoded, without padding. */
    TOKENS,
    /** Tokens that the encoder computed, padding included. */
    COMPUTED_TOKENS,

    /** Rows that left with an error, by reason: */
    ERROR_MALFORMED_RECORD,
    ERROR_NULL_ID,
    ERROR_NULL_TEXT,
    ERROR_EMPTY_TEXT,
    ERROR_TOKENIZER,
    ERROR_ENCODER,
    ERROR_LONG_TEXT,

    /** Nanoseconds that tasks spent, by step: */
    READ_NANOS,
    TOKENIZE_NANOS,
    ENCODE_NANOS,
    LOAD_NANOS,
    /** From a task's first look at its rows to its end, its result written; the steps above are part of it. */
    TASK_NANOS
}
