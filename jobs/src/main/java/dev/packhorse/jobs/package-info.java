/**
 * What a person starts: {@link dev.packhorse.jobs.Packhorse} is the command line, each job one class beside it.
 *
 * <p>Packages see only those above them in this list, and a test keeps it so:
 *
 * <ul>
 *   <li>{@code outcome}: exit codes, and the failures that have one of their own
 *   <li>{@code page}: one HTML file with charts, as several jobs write it
 *   <li>{@code output}: Parquet, manifest, and the count of what was written
 *   <li>{@code options}: the options of the jobs, beyond those of the encoding itself
 *   <li>{@code source}: where rows come from
 *   <li>{@code shuffle}: which row goes to which task
 *   <li>{@code report}: what a person sees while a job runs and at its end
 *   <li>{@code charts}: what a run's report page shows
 *   <li>{@code embed}: the main job
 *   <li>{@code estimate}: what a corpus will cost, before it is embedded
 *   <li>{@code targets}: what a reindex keeps in step: a table with versions, of which readers see one
 *   <li>{@code audit}: whether new vectors may be published
 *   <li>{@code reindex}: embeds what has changed, publishes what has passed
 *   <li>{@code export}: sends what embed and reindex made to vector stores
 *   <li>{@code explain}: what a model is, and which path it takes
 *   <li>{@code demo}: a real corpus, embedded and searched
 *   <li>{@code bench}: what is measured for docs/PERFORMANCE.md
 *   <li>{@code cli}: options to command line, and the documentation of both
 * </ul>
 */
package dev.packhorse.jobs;
