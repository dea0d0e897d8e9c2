/**
 * The engine inside Spark: {@link dev.packhorse.udf.resident.ResidentEngines} keeps one opened model per executor, {@link
 * dev.packhorse.udf.Embedding} turns a Dataset of texts into a Dataset of vectors with it.
 *
 * <p>Here are the ways in ({@code Embedding} for jobs, {@code PackhorseExtensions} and {@code PackhorseFunctions} for SQL,
 * {@code TextEmbedder} for pipelines) and what a task does with its rows, from {@code EmbedPartition} to {@code
 * WindowEncoder}. Beside it:
 *
 * <ul>
 *   <li>{@code resident}: what an executor keeps between tasks
 *   <li>{@code files}: a model's files, from where they lie to the executors
 *   <li>{@code sql}: the functions, and the operator that Spark's planner gets for them
 *   <li>{@code options}: every option of the encoding itself, with its type, default and help
 *   <li>{@code metrics}: what tasks count, and how it reaches the driver exactly once
 * </ul>
 */
package dev.packhorse.udf;
