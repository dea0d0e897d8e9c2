/**
 * Packhorse inside Spark's planner: the SQL functions, the operator that embeds a partition in batches, and the rule that puts it
 * into plans. What differs between Spark's versions is in {@code src/main/spark-*}.
 */
package dev.packhorse.udf.sql;
