/** OpenSearch with k-NN. */
package dev.packhorse.stores.opensearch;
