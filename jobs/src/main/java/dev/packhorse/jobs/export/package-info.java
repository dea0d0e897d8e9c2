/**
 * The export job: a vector store is kept in step with what embed and reindex wrote. {@code ExportJob} checks the options, with
 * {@code SecretsFinder}, and becomes one {@code ExportRun}: {@code SourceOpener} finds the {@code ExportSource}, {@code ExportColumns} and
 * {@code TableOfRows} make of it the one schema, {@code Comparison} finds the {@code StoreDiff} to its own older version or to {@code StoredKeys},
 * {@code RowChecks} look at it, {@code SendTask}s send it, {@code Sending} is what they say, and {@code Verification} asks the store.
 * {@code ServeFlightJob} hands the same rows out to whoever asks.
 */
package dev.packhorse.jobs.export;
