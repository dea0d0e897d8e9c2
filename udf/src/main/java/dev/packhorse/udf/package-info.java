/**
 * The engine inside Spark: {@link dev.packhorse.udf.ResidentEngines} keeps one opened model per executor, {@link
 * dev.packhorse.udf.Embedding} turns a Dataset of texts into a Dataset of vectors with it.
 *
 * <ul>
 *   <li>{@code options}: every option of the encoding itself, with its type, default and help
 *   <li>{@code metrics}: what tasks count, and how it reaches the driver exactly once
 * </ul>
 */
package dev.packhorse.udf;
