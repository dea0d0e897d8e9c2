/**
 * Lance's own library on a folder or an object store.
 *
 * <p>{@code LanceStoreKind} opens a {@code LanceStore} at a {@code LancePlace}. A {@code LanceWriter} writes a task's rows, and
 * the ids that it deletes, to files ({@code NewFile}) that nobody sees; {@code LanceCommit} makes them one version of the table
 * ({@code LanceColumns}), without the rows of the same ids that {@code OldRows} finds by an {@code IdSet}. {@code LanceRows}
 * lists what is there, {@code LanceConfig} keeps notes, {@code LanceIndex} builds the index, and {@code LanceSearch} searches.
 */
package dev.packhorse.lance.table;
