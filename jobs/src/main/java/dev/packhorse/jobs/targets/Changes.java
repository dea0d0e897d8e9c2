package dev.packhorse.jobs.targets;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What becomes other rows of a target. Keys are {@code id}, and {@code chunk} where each chunk of a text is a row.
 *
 * @param rows with new content, in the target's columns; each key at most once, none without an id
 * @param removed keys of rows that go; none of those above
 * @param withoutId the rows without an id, which have an error, all of them; empty where those of the target stay
 */
public record Changes(Dataset<Row> rows, Dataset<Row> removed, Optional<Dataset<Row>> withoutId) {}
