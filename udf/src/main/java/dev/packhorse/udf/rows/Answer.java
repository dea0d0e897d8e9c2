package dev.packhorse.udf.rows;

import java.util.Optional;

/**
 * What became of a tokenized row: exactly one of a vector and an error.
 *
 * @param vector [D]
 * @param error for people
 */
record Answer(TokenizedRow row, Optional<float[]> vector, Optional<String> error) {}
