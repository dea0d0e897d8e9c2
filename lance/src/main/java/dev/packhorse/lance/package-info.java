/**
 * Lance tables on folders and object stores, and LanceDB servers, as stores of an export. What loads Lance's native library is
 * reached first when a store is prepared: a class path without it loses these two kinds and nothing else.
 *
 * <p>Packages see only those above them in this list:
 *
 * <ul>
 *   <li>{@code shape}: what both hold a table to
 *   <li>{@code table}: Lance's own library on a folder or an object store
 *   <li>{@code rest}: a server that speaks the REST of LanceDB
 * </ul>
 */
package dev.packhorse.lance;
