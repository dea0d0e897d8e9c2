/** The options of the jobs, beyond those of the encoding itself. */
package dev.packhorse.jobs.options;
