package dev.packhorse.jobs.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.jobs.outcome.ExitCode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** One line of JSON about a run, for whoever watches it; the keys never change their meaning. Not thread-safe: one run's. */
public final class RunLine {

    /** Where it goes: the standard output. */
    static final String STDOUT = "-";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Object> entries = new LinkedHashMap<>();

    /** Sets an entry, in place of what it was. */
    public void put(String key, Object value) {
        entries.put(key, value);
    }

    /** An entry as text; empty where it is not set. */
    public String text(String key) {
        return Objects.toString(entries.get(key), "");
    }

    /** Sets how the run ended. */
    public void end(ExitCode code) {
        entries.put("exit_code", code.number());
        entries.put("ended", code.meaning());
    }

    /**
     * Writes it, in place of what the file had.
     *
     * @param place a file on any file system that Hadoop knows, or {@link #STDOUT}
     */
    public void write(String place, Configuration conf, PrintStream out) {
        if (place.equals(STDOUT)) {
            out.println(this);
            return;
        }
        try {
            var file = new Path(place);
            try (var stream = file.getFileSystem(conf).create(file, true)) {
                stream.write((this + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not write --report " + place, e);
        }
    }

    @Override
    public String toString() {
        try {
            return JSON.writeValueAsString(entries);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a line is plain maps, numbers and strings", e);
        }
    }
}
