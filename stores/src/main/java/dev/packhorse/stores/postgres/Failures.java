package dev.packhorse.stores.postgres;

import dev.packhorse.stores.contract.StoreException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What people are told when PostgreSQL or its driver fails. States are those of the manual's appendix "PostgreSQL Error Codes".
 */
final class Failures {

    private Failures() {}

    /** @param task what it was to do, as in "expected PostgreSQL to open a session" */
    static StoreException of(Server server, String task, SQLException e) {
        var found = server.secrets().redact(oneLine(e));
        var state = Optional.ofNullable(e.getSQLState()).orElse("");
        // a copy: the driver's own holds what the server said of a row or a user
        var cause = new SQLException(found, state);
        cause.setStackTrace(e.getStackTrace());
        return new StoreException(
                "%s: expected PostgreSQL to %s, found: %s%s; %s"
                        .formatted(server, task, found, state.isEmpty() ? "" : " (" + state + ")", advice(e, state)),
                cause);
    }

    /** A message without line ends; secrets may be in it. */
    static String oneLine(SQLException e) {
        var message = Optional.ofNullable(e.getMessage()).orElseGet(e::toString);
        return message.strip().replaceAll("\\s+", " ");
    }

    private static String advice(SQLException e, String state) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return "it did not answer in time: see whether the server is busy or cut off, or give --statement-timeout more";
            }
        }
        return switch (state) {
            case "53100" -> "free space on the server's disk and run again";
            case "53300" -> "let fewer tasks write at a time, or raise the server's max_connections";
            case "57014" ->
                "give --statement-timeout (or --index-timeout for an index) more time, or see what the server waits for";
            case "57P01", "57P02", "57P03" -> "the server is being stopped or started: run again when it is up";
            case "25006" -> "name the server that takes writes: this one only reads";
            case "42501" -> "have the right granted to the user, or the table made by one who has it";
            case "3D000" -> "create the database, or see the address";
            default -> adviceOfClass(state);
        };
    }

    private static String adviceOfClass(String state) {
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "08" -> "see whether a PostgreSQL server is up there and can be reached";
            case "28" -> "see the secrets user and password (PACKHORSE_POSTGRESQL_USER, PACKHORSE_POSTGRESQL_PASSWORD)";
            case "22", "23" -> "see the row that it names, and the constraints of the table";
            case "53" -> "give the server more of what it lacks and run again";
            default -> "see the server's log";
        };
    }
}
