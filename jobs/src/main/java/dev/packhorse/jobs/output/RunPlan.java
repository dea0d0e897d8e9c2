package dev.packhorse.jobs.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What the staging folder of a run says of it, so that another one can go on where it died.
 *
 * @param runs ids of the runs that worked on it, the first one first
 * @param job told from other jobs by this
 * @param deciding what decides rows and vectors: options and fingerprint
 * @param partitions N, the tasks that rows are dealt out to
 * @param partitionOf the task of each bucket of rows, [M]
 */
public record RunPlan(List<String> runs, String job, Map<String, String> deciding, int partitions, int[] partitionOf) {

    /** Its name in the staging folder. */
    static final String FILE = "plan.json";

    private static final String PART = "plan.json.part";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The same for a run that goes on with it. */
    public RunPlan with(String run) {
        return new RunPlan(
                Stream.concat(runs.stream(), Stream.of(run)).toList(), job, deciding, partitions, partitionOf);
    }

    /** In what this differs from what is asked for now, to be read by people; empty where it does not. */
    String differences(Map<String, String> asked) {
        return Stream.concat(deciding.keySet().stream(), asked.keySet().stream())
                .distinct()
                .sorted()
                .filter(key -> !deciding.getOrDefault(key, "").equals(asked.getOrDefault(key, "")))
                .map(key ->
                        "%s '%s', not '%s'".formatted(key, deciding.getOrDefault(key, ""), asked.getOrDefault(key, "")))
                .collect(Collectors.joining(", "));
    }

    void write(FileSystem files, Path folder) throws IOException {
        // one of the two is whole, whenever this process dies
        var part = new Path(folder, PART);
        try (var out = files.create(part, true)) {
            out.write(JSON.writeValueAsBytes(this));
        }
        files.delete(new Path(folder, FILE), false);
        if (!files.rename(part, new Path(folder, FILE))) {
            throw new IOException("could not rename " + part);
        }
    }

    /** Nothing for a run that died before it had a plan. */
    static Optional<RunPlan> read(FileSystem files, Path folder) throws IOException {
        var whole = read(files, folder, FILE);
        return whole.isPresent() ? whole : read(files, folder, PART);
    }

    private static Optional<RunPlan> read(FileSystem files, Path folder, String name) throws IOException {
        try (var in = files.open(new Path(folder, name))) {
            return Optional.of(JSON.readValue(in.readAllBytes(), RunPlan.class));
        } catch (FileNotFoundException | JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
