/**
 * Arrow Flight: results to and from any Arrow client.
 *
 * <p>To: {@code FlightKind} makes a {@code FlightStore} of a {@code FlightPlace}, told by {@code FlightOptions}. It asks over a
 * {@code FlightConnection}, writes by a {@code FlightWriter}, which has one {@code FlightUpload} for rows and one for ids to
 * delete, and reads back by {@code FlightRows}, one {@code FlightDownload} after the other, for {@code FlightStored} and {@code
 * FlightSearch}.
 *
 * <p>From: {@code FlightServing} hands out what a {@code FlightResult} is, such as a {@code SparkRowsResult}; {@code
 * ServedFlights} answers, and each {@code ServedStream} goes to one client.
 *
 * <p>Both: {@code FlightToken} says who is let in, {@code FlightMemory} whether Arrow's memory works at all.
 */
package dev.packhorse.stores.flight;
