/**
 * A server that speaks the REST of LanceDB.
 *
 * <p>{@code LanceDbKind} opens a {@code LanceDbStore} at a {@code RestPlace}. {@code RestTable} is what a server can be asked to
 * do, by a {@code RestClient} that gives a {@code RestAnswer}, with {@code ArrowBodies} and predicates from {@code Sql}.
 * {@code LanceDbWriter} writes, {@code LanceDbRows} lists what is there, {@code LanceDbIndex} builds an index, and
 * {@code LanceDbSearch} searches.
 */
package dev.packhorse.lance.rest;
