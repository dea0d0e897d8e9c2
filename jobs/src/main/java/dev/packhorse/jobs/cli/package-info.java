/** The command line, made from the list of options; and their documentation. */
package dev.packhorse.jobs.cli;
