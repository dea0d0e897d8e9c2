/** Which row goes to which task, so that all tasks cost about the same. */
package dev.packhorse.jobs.shuffle;
