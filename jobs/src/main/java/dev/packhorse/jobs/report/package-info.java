/** What a person sees while a job runs and at its end. */
package dev.packhorse.jobs.report;
