package dev.packhorse.stores.files;

import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Receipt;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.StoreWriter;
import dev.packhorse.stores.contract.StoredRows;
import dev.packhorse.stores.contract.Takes;
import dev.packhorse.stores.contract.VectorSearch;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.stores.contract.WriteTask;
import dev.packhorse.stores.rows.ExactSearch;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files. Tasks write parts where nobody reads; the driver publishes them: it puts them in place, writes the manifest, and then
 * deletes what an earlier export left, so that the old files are there until the new ones all are.
 */
final class FileStore implements Store {

    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(FileStore.class);

    private final String kind;
    private final Folder target;
    private final Place place;
    private final FileFormat format;
    private final Publishing publishing;

    /**
     * @param kind the scheme of its addresses
     * @param target what the address names
     */
    FileStore(String kind, Folder target, Place place, FileFormat format, Publishing publishing) {
        this.kind = kind;
        this.target = target;
        this.place = place;
        this.format = format;
        this.publishing = publishing;
    }

    @Override
    public Takes takes() {
        return publishing.takes();
    }

    @Override
    public Contents prepare(VectorTable table) {
        format.check(table);
        var manifest = place.readManifest();
        Failures.in("make and read the folder " + place.root(), () -> {
            place.root().makeFolder();
            publishing.check(place, table);
            place.staging().delete();
            publishing.sweep(place, files(manifest));
        });
        return new Contents(manifest.isEmpty(), manifest.flatMap(Manifest::exportMark));
    }

    private static List<String> files(Optional<Manifest> manifest) {
        return manifest.map(Manifest::files).orElse(List.of());
    }

    /** Batches are forgotten; they stay as files until the next run prepares or publishes. */
    @Override
    public void startOver(VectorTable table) {
        switch (takes()) {
            case ALL, ROWS -> {} // what is published takes the place of what was there
            case CHANGES ->
                place.readManifest()
                        .ifPresent(manifest -> Failures.in("write " + place.manifest(), () -> place.manifest()
                                .writeJson(manifest.startedOver())));
        }
    }

    @Override
    public StoreWriter writer(VectorTable table, WriteTask task) {
        return new PartWriter(format, table, place.staging(task.run()), task, takes() == Takes.CHANGES);
    }

    @Override
    public StoredRows stored(VectorTable table, int share, int shares) {
        return StoredRows.of(List.of());
    }

    @Override
    public void publish(VectorTable table, String run, List<Receipt> receipts) {
        var parts = new Publishing.Parts(Part.of(receipts, Part.Holds.ROWS), Part.of(receipts, Part.Holds.DELETED));
        var before = place.readManifest();
        Failures.in("publish in " + place.root(), () -> {
            var files = publishing.publish(place, table, run, parts, files(before));
            var rows = parts.rows().stream().mapToLong(Part::rows).sum();
            place.manifest().writeJson(new Manifest(kind, run, table.dimension(), rows, files, markKept(before)));
            publishing.sweep(place, files);
            place.staging().delete();
        });
    }

    /** Changes since a mark may come twice; files that are all of another version must not look like that of the mark. */
    private Map<String, String> markKept(Optional<Manifest> before) {
        return switch (takes()) {
            case ALL, ROWS -> before.map(Manifest::owner).orElse(Map.of());
            case CHANGES -> before.map(Manifest::mark).orElse(Map.of());
        };
    }

    @Override
    public void discard(VectorTable table, String run) {
        try {
            place.staging(run).delete();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} could not be deleted; the next export deletes it", place.staging(run), e);
        }
    }

    @Override
    public void mark(VectorTable table, ExportMark mark) {
        var manifest = place.expectManifest();
        Failures.in("write " + place.manifest(), () -> place.manifest().writeJson(manifest.with(mark)));
    }

    @Override
    public void index(VectorTable table) {
        // files have none
    }

    /** Reads the files that are there, not what was sent. */
    @Override
    public Optional<VectorSearch> search(VectorTable table) {
        var files = place.expectManifest().files();
        return Optional.of(new ExactSearch(
                table.metric(),
                seen -> Failures.in(
                        "read the files of " + place.root(), () -> publishing.read(place, table, files, seen))));
    }

    @Override
    public String toString() {
        return kind + ":" + target;
    }
}
