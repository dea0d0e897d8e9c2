package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.StoreException;
import dev.packhorse.stores.contract.Takes;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.rows.ExactSearch.Seen;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** One file that is an Arrow stream: the schema, the pieces of all tasks, the end. The driver puts them one after the other. */
record StreamPublishing(Folder file) implements Publishing {

    @Override
    public Takes takes() {
        return Takes.ALL;
    }

    @Override
    public void check(Place place, VectorTable table) throws IOException {
        if (file.length().isPresent() && place.manifest().length().isEmpty()) {
            throw new StoreException(
                    "expected no file or one that an export wrote, found %s without %s; name another file"
                            .formatted(file, place.manifest().name()));
        }
    }

    @Override
    public List<String> publish(Place place, VectorTable table, String run, Parts parts, List<String> before)
            throws IOException {
        place.staging(run).makeFolder();
        var whole = place.staging(run).child("whole");
        try (var out = whole.files().create(whole.path(), true)) {
            IpcWriter.beginStream(table.schema(), out);
            for (var part : parts.rows()) {
                var piece = place.staging(run).child(part.name());
                place.expectPart(run, part, piece);
                try (var in = piece.files().open(piece.path())) {
                    in.transferTo(out);
                }
            }
            IpcWriter.endStream(out);
        }
        // First, for a file without a manifest is taken for somebody else's.
        var owner = place.readManifest().map(Manifest::owner).orElse(Map.of());
        place.manifest()
                .writeJson(new Manifest("arrow-stream", run, table.dimension(), 0, List.of(file.name()), owner));
        whole.replace(file);
        return List.of(file.name());
    }

    @Override
    public void sweep(Place place, List<String> current) {
        // there is but one file
    }

    @Override
    public void read(Place place, VectorTable table, List<String> current, Seen seen) throws IOException {
        new ArrowFormat(true).read(table, file, seen);
    }
}
