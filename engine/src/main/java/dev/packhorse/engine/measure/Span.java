package dev.packhorse.engine.measure;

/**
 * What a thread did for a while. Spans of one thread may lie within each other, never across.
 *
 * @param operator what is counted together, such as {@code MatMul}
 * @param detail which one of them, such as the name of a graph's node; empty where there is no more to say
 * @param thread tells threads apart
 * @param startMicros when it began, in microseconds since any moment that all spans of a list share
 * @param micros how long it took
 */
public record Span(String operator, String detail, long thread, double startMicros, double micros) {

    double endMicros() {
        return startMicros + micros;
    }
}
