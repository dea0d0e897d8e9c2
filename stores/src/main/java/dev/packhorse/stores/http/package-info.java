/** Requests over HTTP that are tried again, in bounded batches. */
package dev.packhorse.stores.http;
