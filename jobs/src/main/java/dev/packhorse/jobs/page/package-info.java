/**
 * A report page: one HTML file with charts and tables that opens from a disk, for nothing in it is fetched.
 *
 * <p>{@link dev.packhorse.jobs.page.Page} is made of {@link dev.packhorse.jobs.page.Chart}s and {@link
 * dev.packhorse.jobs.page.Table}s, which are plain values; what it looks like is in the resources beside this package. Chart.js
 * (MIT) draws, and is part of the file.
 */
package dev.packhorse.jobs.page;
