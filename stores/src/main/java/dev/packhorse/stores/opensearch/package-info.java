/**
 * OpenSearch with k-NN: an index whose documents have our ids, written by {@code _bulk}, read by {@code _search} with scroll. As
 * the reference of its REST API has it, docs.opensearch.org.
 */
package dev.packhorse.stores.opensearch;
