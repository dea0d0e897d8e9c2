/**
 * Vector stores: where embeddings go to be searched. {@link dev.packhorse.stores.Stores} finds the kind that an address names.
 *
 * <p>Packages see only those above them in this list, and a test keeps it so:
 *
 * <ul>
 *   <li>{@code contract}: what an export and a store know of each other, and the one schema
 *   <li>{@code rows}: rows as Arrow
 *   <li>{@code http}: requests that are tried again, for stores that are spoken to so
 *   <li>{@code postgres}: PostgreSQL with pgvector
 *   <li>{@code opensearch}: OpenSearch with k-NN
 *   <li>{@code chroma}: Chroma
 *   <li>{@code flight}: Arrow Flight
 *   <li>{@code files}: Arrow and Parquet files, as hosted stores import them
 * </ul>
 */
package dev.packhorse.stores;
