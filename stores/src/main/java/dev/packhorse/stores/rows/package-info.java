/** Rows as Arrow: filled from Spark's rows, read by stores that speak something else. */
package dev.packhorse.stores.rows;
