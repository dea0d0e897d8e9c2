/** How a job ends: the exit codes that whoever schedules it looks at, and the failures that have one of their own. */
package dev.packhorse.jobs.outcome;
