package dev.packhorse.jobs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A corpus that is made where it is read, without a file: texts of different lengths with the ids 0, 1, ...
 *
 * @param rows how many
 * @param partitions as many tasks read it
 * @param nap an SQL condition for the rows before which the reader sleeps, so that a job lasts as long as a test needs
 * @param millis how long
 */
record Corpus(long rows, int partitions, String nap, long millis) {

    /** One that is read at once. */
    static Corpus of(long rows, int partitions) {
        return new Corpus(rows, partitions, "false", 0);
    }

    /** The same texts, read slowly. */
    Corpus slow(String condition, long sleep) {
        return new Corpus(rows, partitions, condition, sleep);
    }

    /** What the embed job's {@code --query} wants. */
    String query() {
        return """
                SELECT id, concat(repeat(concat('words of the text ', id, ' '), 1 + id %% 7), \
                if(%s AND java_method('java.lang.Thread', 'sleep', %dL) = '', '!', '.')) AS text \
                FROM range(0, %d, 1, %d)""".formatted(nap, millis, rows, partitions);
    }

    /** The arguments of a job that embeds it, with further options. */
    List<String> embed(Object output, String... options) {
        var arguments = new ArrayList<>(List.of("embed", "--query", query(), "--output", output.toString()));
        arguments.addAll(List.of(options));
        return arguments;
    }

    /** The vectors that a job of this process makes of it on {@code local[2]}. */
    OutputAudit vectorsOnLocal2(Path output, String model) {
        EmbedRun.to(output).set("model", model).set("query", query()).run();
        return OutputAudit.read(output);
    }
}
