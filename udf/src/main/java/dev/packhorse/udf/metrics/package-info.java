/** What tasks count while they embed, and how it reaches the driver exactly once. */
package dev.packhorse.udf.metrics;
