package dev.packhorse.jobs.targets;

import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What readers of a target see.
 *
 * @param version its id
 * @param marks what the run said that made it, see {@link Marks}
 * @param rows its rows, the same however often they are read
 */
public record Published(String version, Map<String, String> marks, Dataset<Row> rows) {}
