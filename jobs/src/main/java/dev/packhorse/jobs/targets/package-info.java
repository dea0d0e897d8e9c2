/**
 * What a reindex keeps in step with its source. {@code Targets} is the way in.
 *
 * <ul>
 *   <li>The contract: a {@code Target} has what is {@code Published} and a {@code Candidate} that nobody reads yet, which gets {@code
 *       Changes}; each {@code Version} carries {@code Marks} by which it is known of which model its vectors are, and goes by {@code
 *       Expiry}
 *   <li>Iceberg tables: {@code IcebergTarget}, found by {@code IcebergName}, changed by a {@code MergeStatement}
 *   <li>Folders: {@code ParquetTarget} with a {@code Pointer} to the current one
 *   <li>{@code TargetColumns} is what both have in common
 * </ul>
 */
package dev.packhorse.jobs.targets;
