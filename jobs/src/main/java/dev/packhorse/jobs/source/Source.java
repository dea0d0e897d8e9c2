package dev.packhorse.jobs.source;

import dev.packhorse.udf.TextColumns;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * An opened source.
 *
 * @param rows its rows
 * @param columns what to read from them
 * @param countable whether counting its rows costs little beside embedding them
 */
public record Source(Dataset<Row> rows, TextColumns columns, boolean countable) {}
