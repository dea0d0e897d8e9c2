/** The minute: a real corpus from Maven jars, embedded and searched. */
package dev.packhorse.jobs.demo;
