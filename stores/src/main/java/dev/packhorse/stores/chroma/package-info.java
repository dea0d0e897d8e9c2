/**
 * Chroma, over version 2 of its REST API, as a server describes it at {@code /openapi.json}: a collection whose records have our
 * ids and vectors, and all else as metadata.
 */
package dev.packhorse.stores.chroma;
