package dev.packhorse.jobs.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
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

    /** Of this file; another one where fields come, go or change what they mean. */
    private static final int FORMAT = 1;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /** What a staging folder has of a plan. */
    sealed interface Found {

        /** One that can be gone on with. */
        record Whole(RunPlan plan) implements Found {}

        /** None: the run died before it had one. */
        record None() implements Found {}

        /** One that another Packhorse wrote; what was found in place of this one's. */
        record Foreign(String found) implements Found {}
    }

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
            out.write(JSON.writeValueAsBytes(JSON.<ObjectNode>valueToTree(this).put("format", FORMAT)));
        }
        files.delete(new Path(folder, FILE), false);
        if (!files.rename(part, new Path(folder, FILE))) {
            throw new IOException("could not rename " + part);
        }
    }

    /** The plan in a staging folder. */
    static Found read(FileSystem files, Path folder) throws IOException {
        var found = read(files, folder, FILE);
        if (found instanceof Found.None) {
            var part = read(files, folder, PART);
            return part instanceof Found.Foreign ? found : part; // it may be torn
        }
        return found;
    }

    private static Found read(FileSystem files, Path folder, String name) throws IOException {
        try (var in = files.open(new Path(folder, name))) {
            if (!(JSON.readTree(in.readAllBytes()) instanceof ObjectNode plan)) {
                return new Found.Foreign("no JSON object");
            }
            var format = plan.path("format").asText("none");
            plan.remove("format");
            return format.equals(String.valueOf(FORMAT))
                    ? new Found.Whole(JSON.treeToValue(plan, RunPlan.class))
                    : new Found.Foreign("format " + format);
        } catch (FileNotFoundException e) {
            return new Found.None();
        } catch (JsonProcessingException e) {
            return new Found.Foreign("what cannot be read as one, for " + e.getOriginalMessage());
        }
    }
}
