/** Whether vectors may be published: an {@code Audit} is a list of {@code Check}s over what a run wrote, none of which believes the run. */
package dev.packhorse.jobs.audit;
