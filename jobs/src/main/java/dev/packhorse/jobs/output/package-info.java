/** Where rows go: Parquet with the model's fingerprint in it, a manifest beside it, and an audit of both. */
package dev.packhorse.jobs.output;
