package dev.packhorse.udf.rows;

import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * A row of a query and what became of its text: exactly one of a vector and an error.
 *
 * @param row as it came; not copied
 * @param vector [D] float32; not copied, treat as immutable
 * @param tokens that the model read, special tokens included; 0 where it was not tokenized
 * @param truncated whether the text was longer than the model reads
 * @param error why there is no vector
 */
public record EmbeddedRow(
        UnsafeRow row, Optional<float[]> vector, int tokens, boolean truncated, Optional<String> error) {

    /** @param answer to a row that carries a query's row */
    static EmbeddedRow of(Answer answer) {
        return new EmbeddedRow(
                (UnsafeRow) answer.row().carried()[0],
                answer.vector(),
                answer.row().tokens(),
                answer.row().lostTokens() > 0,
                answer.error());
    }
}
