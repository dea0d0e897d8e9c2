/** Chroma, over its REST API. */
package dev.packhorse.stores.chroma;
