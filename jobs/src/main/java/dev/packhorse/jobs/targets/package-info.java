/**
 * What a reindex keeps in step with its source: a {@code Target}, with what is {@code Published} in it and a {@code Candidate} that
 * nobody reads yet. {@code IcebergTarget} has snapshots and branches, {@code ParquetTarget} folders and a {@code Pointer}.
 */
package dev.packhorse.jobs.targets;
