/**
 * Where rows go: Parquet with the model's fingerprint in it, a manifest beside it, and an audit of both. {@code OutputFolder} is
 * the way in.
 *
 * <ul>
 *   <li>What is there before: {@code ExistingOutput} in an {@code OutputPlace}, for each {@code OutputMode}; {@code OldRuns} by
 *       their manifests, {@code DeadRuns} by what they left
 *   <li>While a run works: {@code Staging} for its rows, {@code Lease} by which others know that it lives ({@code RunProcess}), {@code
 *       RunPlan} by which another can go on; {@code LateTasks} for those that come too late
 *   <li>What it makes: {@code EmbeddingParquetFormat} with {@code FloatEncoding}, in {@code FileSizes}; {@code WrittenFiles} counts
 *       it, {@code Manifest} and {@code RangesJson} say what it is
 * </ul>
 */
package dev.packhorse.jobs.output;
