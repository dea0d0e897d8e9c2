/**
 * PostgreSQL with pgvector, over its own protocol.
 *
 * <p>{@code PostgresKind} reads a {@code PostgresAddress} and {@code PostgresOptions} (a {@code VectorType}, {@code
 * HnswSettings}) and opens a {@code PostgresStore}. That reaches its {@code Server} through a {@code Session}, whose {@code
 * Failures} are told in words and which a {@code Watchdog} ends that takes too long; it makes a table of {@code Column}s, with the {@code Extension} where the type needs it, or holds
 * an {@code ExistingTable} to them; {@code Marks} are kept beside it.
 *
 * <p>A task has a {@code PostgresWriter}: a {@code RowEncoder} turns Arrow's buffers into rows of a {@code CopyWriter}, with
 * vectors by {@code VectorField}, {@code Texts} says what could not be stored, and {@code MergeSql} is how the rows get into the
 * table. {@code PostgresStoredRows} lists rows, {@code HnswIndex} builds the index, {@code PostgresSearch} asks it.
 */
package dev.packhorse.stores.postgres;
