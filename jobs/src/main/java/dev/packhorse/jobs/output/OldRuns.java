package dev.packhorse.jobs.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.packhorse.engine.output.Ranges;
import dev.packhorse.udf.options.OptionException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The runs that wrote what is in a folder, by their manifests; and what a run that is to join them must share. */
final class OldRuns {

    /** What else must be the same, and what it was before manifests said so. */
    private static final Map<String, String> SAME = same();

    /** The end of the name of a manifest that is not whole yet. */
    private static final String PART = ".part";

    private final FileSystem files;
    private final Path folder;

    /** @param folder of manifests, perhaps not there */
    OldRuns(FileSystem files, Path folder) {
        this.files = files;
        this.folder = folder;
    }

    private static Map<String, String> same() {
        var same = new LinkedHashMap<String, String>();
        same.put("output-precision", "float32");
        same.put("long-text", "truncate");
        same.put("chunk-tokens", "none");
        same.put("chunk-overlap", "none");
        same.put("chunk-output", "none");
        return same;
    }

    List<Path> manifests() throws IOException {
        return files.exists(folder)
                ? Arrays.stream(files.listStatus(folder))
                        .map(status -> status.getPath())
                        .filter(path -> path.getName().matches("[^.].*\\.json")) // not the checksums beside them
                        .toList()
                : List.of();
    }

    /** A manifest is there as a whole or not at all: it is what tells that a run has all its rows here. */
    void add(Manifest manifest) throws IOException {
        var part = new Path(folder, "." + manifest.fileName() + PART);
        var added = false;
        try {
            try (var out = files.create(part, false)) {
                out.write(manifest.json());
            }
            added = files.rename(part, new Path(folder, manifest.fileName()));
            if (!added) {
                throw new IOException("could not rename " + part);
            }
        } finally {
            if (!added) {
                files.delete(part, false); // it may be there in part
            }
        }
    }

    /** Deletes manifests that were never whole. */
    void clear() throws IOException {
        for (var status : files.exists(folder) ? files.listStatus(folder) : new FileStatus[0]) {
            if (status.getPath().getName().endsWith(PART)) {
                files.delete(status.getPath(), false);
            }
        }
    }

    /** Ids of the runs that have a manifest. */
    Set<String> finished() throws IOException {
        var runs = new HashSet<String>();
        for (var manifest : manifests()) {
            runs.add(manifest.getName().replaceFirst("^run-[^-]*-", "").replaceFirst("\\.json$", ""));
        }
        return runs;
    }

    /** Rows of the source that a run read. */
    long sourceRows(String run) throws IOException {
        for (var manifest : manifests()) {
            if (manifest.getName().endsWith("-" + run + ".json")) {
                return read(manifest).path("rows").asLong();
            }
        }
        throw new FileNotFoundException("no manifest of run %s in %s".formatted(run, folder));
    }

    private JsonNode read(Path manifest) throws IOException {
        try (var in = files.open(manifest)) {
            return RangesJson.JSON.readTree(in);
        }
    }

    /**
     * Holds what a run's files will say against the manifests.
     *
     * @param footer of the files to come
     * @return the ids of the runs that are there
     * @throws OptionException when there is no manifest, or vectors of both must not be mixed
     */
    Set<String> check(Map<String, String> footer) throws IOException {
        var runs = new HashSet<String>();
        for (var manifest : manifests()) {
            var entries = read(manifest);
            runs.add(entries.path("run").asText());
            var fingerprint = footer.getOrDefault("fingerprint", "");
            var found = entries.path("fingerprint").asText();
            if (!found.equals(fingerprint)) {
                throw new OptionException(
                        "--mode append: expected vectors of fingerprint %s as this job makes, found %s in %s; vectors of two models must not be mixed"
                                .formatted(fingerprint, found, manifest));
            }
            for (var entry : SAME.entrySet()) {
                checkSame(entry.getKey(), entry.getValue(), footer, entries, manifest);
            }
        }
        if (runs.isEmpty()) {
            throw new OptionException(
                    "--mode append: expected a manifest in %s, found Parquet files without one".formatted(folder));
        }
        return runs;
    }

    private static void checkSame(
            String key, String missing, Map<String, String> footer, JsonNode entries, Path manifest) {
        var expected = footer.getOrDefault(key, missing);
        var found = entries.path(key).asText(missing);
        if (!found.equals(expected)) {
            throw new OptionException(
                    "--mode append: expected rows of --%s %s as this job makes, found %s in %s; set it to that, or write to another folder"
                            .formatted(key, expected, found, manifest));
        }
    }

    /**
     * The ranges that all runs which wrote vectors have in common; nothing where none did.
     *
     * @throws OptionException when one has none, or others
     */
    Optional<Ranges> ranges() throws IOException {
        var common = Optional.<Ranges>empty();
        for (var manifest : manifests()) {
            var entries = read(manifest);
            if (entries.path("vectors").asLong() > 0) {
                var ranges = ranges(entries, manifest);
                if (common.isPresent() && !common.get().equals(ranges)) {
                    throw new OptionException(
                            "--mode append: expected the same %s in all manifests, found others in %s; vectors of both must not be mixed"
                                    .formatted(RangesJson.ENTRY, manifest));
                }
                common = Optional.of(ranges);
            }
        }
        return common;
    }

    private static Ranges ranges(JsonNode entries, Path manifest) {
        try {
            return RangesJson.read(entries.path(RangesJson.ENTRY));
        } catch (IllegalArgumentException e) {
            throw new OptionException(
                    "--mode append: expected %s, by which vectors were quantized, in %s, found none that can be read: %s"
                            .formatted(RangesJson.ENTRY, manifest, e.getMessage()));
        }
    }
}
