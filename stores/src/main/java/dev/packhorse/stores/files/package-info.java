/** Files: Arrow IPC, and Parquet and JSON as hosted stores import them. */
package dev.packhorse.stores.files;
