/**
 * The engine inside Spark. Here are the ways in: {@link dev.packhorse.udf.Embedding} turns a Dataset of texts into one of vectors,
 * {@code PackhorseExtensions} and {@code PackhorseFunctions} bring the functions to SQL and DataFrames, and {@code TextEmbedder},
 * with {@code OptionParams}, {@code StageColumns}, {@code StageEncoding} and {@code DjlNames}, is the stage for pipelines.
 *
 * <p>Packages see only those above them in this list, and a test keeps it so:
 *
 * <ul>
 *   <li>{@code options}: every option of the encoding itself, with its type, default and help
 *   <li>{@code files}: a model's files, from where they lie to the executors
 *   <li>{@code resident}: what an executor keeps between tasks
 *   <li>{@code metrics}: what tasks count, and how it reaches the driver exactly once
 *   <li>{@code rows}: what a task does with its rows, from text to vector
 *   <li>{@code sql}: the functions, and the operator that Spark's planner gets for them
 * </ul>
 *
 * What differs between Spark's versions is in {@code src/main/spark-*}.
 */
package dev.packhorse.udf;
