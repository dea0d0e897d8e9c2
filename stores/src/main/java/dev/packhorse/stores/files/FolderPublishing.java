package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.Takes;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.ExactSearch.Seen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A folder that has the files of one export and no others: {@code packhorse-RUN-00000.parquet}. */
record FolderPublishing(FileFormat format) implements Publishing {

    @Override
    public Takes takes() {
        return Takes.ALL;
    }

    @Override
    public void check(Place place, VectorTable table) throws IOException {
        for (var file : place.root().list()) {
            var name = file.getPath().getName();
            if (name.endsWith(format.suffix()) && !isOurs(name) && !name.startsWith("_") && !name.startsWith(".")) {
                throw new StoreException(
                        "expected an empty folder or one that an export wrote, found %s in %s; name another folder"
                                .formatted(name, place.root()));
            }
        }
    }

    private boolean isOurs(String name) {
        return Pattern.matches("packhorse-[a-z0-9]+-\\d{5,}" + Pattern.quote(format.suffix()), name);
    }

    private String name(String run, int number) {
        return "packhorse-%s-%05d%s".formatted(run, number, format.suffix());
    }

    @Override
    public List<String> publish(Place place, VectorTable table, String run, Parts parts, List<String> before)
            throws IOException {
        var count = parts.rows().size();
        if (count > format.mostFiles()) {
            throw new StoreException("expected at most %d files in %s, found %d; export with fewer partitions"
                    .formatted(format.mostFiles(), place.root(), count));
        }
        var names = new ArrayList<String>();
        var moves = new ArrayList<Failures.Deed>();
        for (var part : parts.rows()) {
            var name = name(run, names.size());
            names.add(name);
            var file = place.root().child(name);
            place.expectPart(run, part, file);
            moves.add(() -> {
                if (file.length().isEmpty()) {
                    place.staging(run).child(part.name()).moveTo(file);
                }
            });
        }
        if (names.isEmpty() && format.writesEmptyFile()) {
            var file = place.root().child(name(run, 0));
            format.open(table, file.files().create(file.path(), true)).finish();
            names.add(file.name());
        }
        AtATime.run(moves);
        return names;
    }

    @Override
    public void sweep(Place place, List<String> current) throws IOException {
        var deletions = new ArrayList<Failures.Deed>();
        for (var file : place.root().list()) {
            var name = file.getPath().getName();
            if (isOurs(name) && !current.contains(name)) {
                deletions.add(() -> place.root().child(name).delete());
            }
        }
        AtATime.run(deletions);
    }

    @Override
    public void read(Place place, VectorTable table, List<String> current, Seen seen) throws IOException {
        for (var name : current) {
            format.read(table, place.root().child(name), seen);
        }
    }
}
