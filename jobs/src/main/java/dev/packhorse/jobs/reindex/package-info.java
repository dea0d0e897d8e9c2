/**
 * The reindex job: a target is kept in step with a source. {@code ReindexJob} checks the options and becomes one {@code ReindexRun}:
 * a {@code Diff} of source and target, {@code NewVectors} for what has none, changes written to a candidate, an audit, and then it is
 * published.
 */
package dev.packhorse.jobs.reindex;
