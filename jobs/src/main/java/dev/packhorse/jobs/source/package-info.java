/** Where rows come from: files, tables, queries. */
package dev.packhorse.jobs.source;
