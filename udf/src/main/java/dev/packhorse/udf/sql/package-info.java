/**
 * Packhorse inside Spark's planner: the SQL functions, the operator that embeds a partition in batches, and the rule that puts it
 * into plans. {@code SparkHooks} tells a session of them.
 *
 * <ul>
 *   <li>Functions: {@code SqlFunction} has the list. {@code FunctionCall} is a call in a plan: {@code EmbedText}, and those that
 *       are evaluated row by row ({@code EvaluatedCall}): {@code EmbedNow}, {@code TokenCount}, {@code VectorFunction} with {@code
 *       VectorMeasure}. {@code QuerySettings} makes settings of their options
 *   <li>The rule: {@code ExtractEmbeddings}, with {@code PlainPredicates}, {@code LimitsBelow}, {@code InputFiles} and {@code
 *       Columns} for what must stay as it was around an embedding
 *   <li>The operators: {@code EmbedRows}, carried out by {@code EmbedRowsExec} and {@code EmbedRowsWork} after {@code Dealing};
 *       {@code MeteredRows} by {@code MeteredRowsExec}; {@code EmbedStrategy} chooses
 *   <li>Scala's side of it: {@code Scala}, {@code CaseClass}, {@code UnaryLogical}, {@code UnaryPhysical}; what differs between
 *       Spark's versions, {@code Datasets}, {@code ExpressionOfScala}, {@code LogicalPlanOfScala} and {@code SparkPlanOfScala}, is in
 *       {@code src/main/spark-*}
 * </ul>
 */
package dev.packhorse.udf.sql;
