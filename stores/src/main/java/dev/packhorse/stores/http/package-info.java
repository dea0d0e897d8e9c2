/**
 * Requests over HTTP that are tried again, in bounded batches: one sink for all stores that are spoken to so.
 *
 * <p>{@code HttpAddress} is where a store is, {@code HttpOptions} what people may say of requests, {@code HttpLimits} the same as
 * numbers. An {@code HttpSession} sends an {@code HttpCall} and gives an {@code HttpAnswer}, read by {@code BoundedBody} so that
 * no answer is endless; {@code Retries} says how often and how long, by the clock of {@code Pauses}. A {@code BatchSink} collects
 * {@code EncodedRows}, written by a {@code RowEncoder} into {@code JsonBytes}, sends them as its {@code BatchProtocol} says, which
 * reads an {@code Outcome} for each row.
 */
package dev.packhorse.stores.http;
