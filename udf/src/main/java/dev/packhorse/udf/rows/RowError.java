package dev.packhorse.udf.rows;

import dev.packhorse.udf.metrics.Count;

/**
 * Why a row has no vector.
 *
 * @param kind what it is counted as
 * @param message for people; names the column and the id
 */
record RowError(Count kind, String message) {}
