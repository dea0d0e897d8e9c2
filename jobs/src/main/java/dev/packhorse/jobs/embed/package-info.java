/** The main job: a corpus becomes embeddings in Parquet. */
package dev.packhorse.jobs.embed;
