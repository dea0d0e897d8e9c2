/**
 * What an export and a store know of each other.
 *
 * <p>{@code VectorTable} and {@code CarriedColumn} are the schema, {@code Metric} and {@code IndexKind} how neighbours are found.
 * {@code StoreKind} is what a new kind of store implements: it takes a {@code StoreRequest}, with {@code StoreOptions} and
 * {@code Secrets}, and gives a {@code Store}. A {@code WriteTask} opens a {@code StoreWriter} of it, whose {@code Receipt} tells
 * what was written. {@code Contents}, {@code ExportMark} and {@code StoredRows} are what the store had before,
 * {@code Takes} is what it has to be sent because of that,
 * {@code VectorSearch} asks it for neighbours, {@code StoreException} is what goes wrong with it.
 */
package dev.packhorse.stores.contract;
