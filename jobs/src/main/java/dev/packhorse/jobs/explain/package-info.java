/** Says what would happen, without doing it: the model, its fingerprint, and which path it takes on this machine. */
package dev.packhorse.jobs.explain;
