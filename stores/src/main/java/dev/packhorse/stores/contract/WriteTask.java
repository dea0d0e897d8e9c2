package dev.packhorse.stores.contract;

import java.io.Serializable;

/**
 * Who writes.
 *
 * @param run which export: lower-case letters and digits
 * @param partition of its rows, from 0
 * @param attempt of the partition, from 0; two may run at a time, and one of them counts
 */
public record WriteTask(String run, int partition, int attempt) implements Serializable {}
