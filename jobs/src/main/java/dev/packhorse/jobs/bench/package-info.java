/** Programs that measure; their figures stand in docs/PERFORMANCE.md. */
package dev.packhorse.jobs.bench;
