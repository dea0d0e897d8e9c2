package dev.packhorse.stores.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.Takes;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.ExactSearch.Seen;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder for each export, {@code batch-00001-RUN}, with the rows to write directly in it and files of ids to delete in
 * {@code delete}: each is a batch that Vertex AI Vector Search takes by itself, one after the other. A batch appears at once,
 * by one rename, where the file system can do that.
 *
 * @param format of whose files parts can be put one after the other
 * @param mostFiles in a batch
 */
record BatchPublishing(FileFormat format, int mostFiles) implements Publishing {

    /** What Vertex AI takes in one batch. */
    static final int MOST_FILES_FOR_VERTEX = 5000;

    private static final String DELETE = "delete";
    private static final Pattern BATCH = Pattern.compile("batch-(\\d{5,})-([a-z0-9]+)");

    @Override
    public Takes takes() {
        return Takes.CHANGES;
    }

    @Override
    public void check(Place place, VectorTable table) throws IOException {
        var manifest = place.manifest().readJson(Manifest.class);
        if (manifest.isPresent() && manifest.get().dimension() != table.dimension()) {
            throw new StoreException(
                    "expected vectors of %d numbers, found %d in the batches of %s; name another folder"
                            .formatted(table.dimension(), manifest.get().dimension(), place.root()));
        }
    }

    @Override
    public List<String> publish(Place place, VectorTable table, String run, Parts parts, List<String> before)
            throws IOException {
        var batches = new ArrayList<String>();
        for (var name : before) {
            if (place.root().child(name).length().isPresent()) { // who has imported one may delete it
                batches.add(name);
            }
        }
        if (parts.rows().isEmpty() && parts.deleted().isEmpty()) {
            return batches;
        }
        var name = "batch-%05d-%s".formatted(number(before) + 1, run);
        var batch = place.staging(run).child("batch");
        batch.makeFolder();
        if (!parts.deleted().isEmpty()) {
            batch.child(DELETE).makeFolder();
            join(place, run, parts.deleted(), batch.child(DELETE).child("packhorse-" + run + ".txt"));
        }
        var groups = groups(parts.rows(), mostFiles - 1); // one for the ids to delete
        var joins = new ArrayList<Failures.Deed>();
        for (var i = 0; i < groups.size(); i++) {
            var group = groups.get(i);
            var file = batch.child("packhorse-%s-%05d%s".formatted(run, i, format.suffix()));
            joins.add(() -> join(place, run, group, file));
        }
        AtATime.run(joins);
        batch.moveTo(place.root().child(name));
        batches.add(name);
        return batches;
    }

    /** Of the last batch; 0 before the first. */
    private static int number(List<String> batches) {
        return batches.stream()
                .map(BATCH::matcher)
                .filter(Matcher::matches)
                .mapToInt(match -> Integer.parseInt(match.group(1)))
                .max()
                .orElse(0);
    }

    private static List<List<Part>> groups(List<Part> parts, int most) {
        var groups = new ArrayList<List<Part>>();
        var count = Math.min(parts.size(), most);
        for (var i = 0; i < count; i++) {
            var from = (int) ((long) parts.size() * i / count);
            var to = (int) ((long) parts.size() * (i + 1) / count);
            groups.add(parts.subList(from, to));
        }
        return groups;
    }

    private static void join(Place place, String run, List<Part> parts, Folder file) throws IOException {
        for (var part : parts) {
            place.expectPart(run, part, file);
        }
        if (parts.size() == 1) {
            place.staging(run).child(parts.get(0).name()).moveTo(file);
            return;
        }
        try (var out = file.files().create(file.path(), true)) {
            for (var part : parts) {
                var piece = place.staging(run).child(part.name());
                try (var in = piece.files().open(piece.path())) {
                    in.transferTo(out);
                }
            }
        }
    }

    @Override
    public void sweep(Place place, List<String> current) throws IOException {
        for (var folder : place.root().list()) {
            var name = folder.getPath().getName();
            if (BATCH.matcher(name).matches() && !current.contains(name)) {
                place.root().child(name).delete();
            }
        }
    }

    /** From the newest batch to the oldest, for a row of a later one replaces one of an earlier. */
    @Override
    public void read(Place place, VectorTable table, List<String> current, Seen seen) throws IOException {
        var known = new HashSet<String>();
        for (var i = current.size() - 1; i >= 0; i--) {
            var batch = place.root().child(current.get(i));
            readDeleted(batch.child(DELETE), known);
            for (var file : batch.list()) {
                if (file.isFile()) {
                    format.read(table, batch.child(file.getPath().getName()), (id, vector) -> {
                        if (known.add(id)) {
                            seen.row(id, vector);
                        }
                    });
                }
            }
        }
    }

    private static void readDeleted(Folder folder, HashSet<String> known) throws IOException {
        for (var file : folder.list()) {
            var ids = folder.child(file.getPath().getName());
            try (var lines =
                    new BufferedReader(new InputStreamReader(ids.files().open(ids.path()), UTF_8))) {
                for (var id = lines.readLine(); id != null; id = lines.readLine()) {
                    known.add(id);
                }
            }
        }
    }
}
