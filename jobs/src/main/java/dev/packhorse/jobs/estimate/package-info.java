/**
 * What a corpus will cost, before it is embedded. {@code Plan} is the command: a {@code TextSample} says how long texts are, a
 * {@code Calibration} how fast this session encodes them, an {@code Estimate} what follows from both.
 */
package dev.packhorse.jobs.estimate;
