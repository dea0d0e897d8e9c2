package dev.packhorse.jobs.export;

import dev.packhorse.engine.model.Sha256;
import dev.packhorse.jobs.embed.TaskSlots;
import dev.packhorse.jobs.export.ExportSource.State;
import dev.packhorse.jobs.options.ExportOptions;
import dev.packhorse.jobs.options.ReindexOptions;
import dev.packhorse.jobs.options.ReindexOptions.Deletes;
import dev.packhorse.stores.contract.Contents;
import dev.packhorse.stores.contract.ExportMark;
import dev.packhorse.stores.contract.Store;
import dev.packhorse.stores.contract.Takes;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Whose rows a store has, and what it must be told to be in step with a source.
 *
 * @param columns of the source as they are sent
 * @param table what they are, for the store
 * @param contents what the store had when the run began
 */
record Comparison(
        OptionValues options,
        ExportSource source,
        ExportColumns columns,
        VectorTable table,
        Store store,
        Contents contents) {

    /** In front of the source's place in the mark of a store that has rows of others, too. */
    private static final String SHARED = "+";

    /** What differs, and how that was found out. */
    record Found(StoreDiff diff, String how) {}

    /** Whether rows that the source has not are deleted. */
    private boolean deletes() {
        return options.get(ReindexOptions.DELETES) == Deletes.DELETE && contents.keepsMarks();
    }

    /**
     * A store that is in step with something else, or has rows of others, is not brought in step with this by accident.
     *
     * @throws OptionException where that would happen
     */
    void checkOwner() {
        if (store.takes() == Takes.ALL && options.get(ReindexOptions.DELETES) == Deletes.KEEP) {
            throw new OptionException(
                    "--deletes keep: expected a store that takes single rows, found %s, which takes all of them each time"
                            .formatted(store));
        }
        if (contents.isNew() || (store.takes() == Takes.ROWS && !deletes())) {
            return;
        }
        var owner = contents.mark().map(ExportMark::source);
        if (owner.isEmpty() && store.takes() != Takes.ROWS) {
            return; // an export died there before it could say whose it is
        }
        if (owner.isEmpty() || !owner.get().equals(source.place())) {
            throw new OptionException(
                    "--to %s: expected a store that is empty or has rows of %s alone, found %s; name another%s"
                            .formatted(
                                    store,
                                    source.place(),
                                    owner.map(name -> "rows of " + name.replace(SHARED, "others and of "))
                                            .orElse("rows of others"),
                                    store.takes() == Takes.ROWS ? ", or set --deletes keep to add to it" : ""));
        }
    }

    /** What the store says at the end. */
    ExportMark mark(long rows) {
        return new ExportMark(owner(), source.state().version(), tableHash(), rows);
    }

    /**
     * What it says while it is told: of which version it is nobody knows then, should the run die; the next one compares with what is
     * really there.
     */
    ExportMark unfinishedMark() {
        return new ExportMark(
                owner(), "", tableHash(), contents.mark().map(ExportMark::rows).orElse(0L));
    }

    private String owner() {
        var alone = contents.isNew()
                || contents.mark()
                        .map(found -> found.source().equals(source.place()))
                        .orElse(false);
        return deletes() || alone ? source.place() : SHARED + source.place();
    }

    /** What decides rows beside their content, and which of them are there. */
    private String tableHash() {
        return Sha256.hex("%s %s %s %s"
                        .formatted(table.schema().toJson(), source.state().fingerprint(), columns, deletes()))
                .substring(0, 16);
    }

    /** Whether the store says just what it would be told at the end. */
    boolean isSaid(StoreDiff diff) {
        return contents.mark().filter(mark(diff.counts().source())::equals).isPresent();
    }

    /** The state that the store says it is in step with, if it is still there. */
    private Optional<State> before() {
        return contents.mark()
                .filter(found -> !options.get(ExportOptions.FULL))
                .filter(found -> found.source().equals(owner()) && found.table().equals(tableHash()))
                .flatMap(found -> source.older().flatMap(older -> older.apply(found.version())));
    }

    /** Compares. What is found is the caller's to close. */
    Found find(SparkSession spark) {
        var rows = columns.rows(source.state());
        var keys = columns.keys(source.state());
        if (contents.isNew()) {
            return new Found(StoreDiff.everything(rows, keys), "all rows, for the store has none");
        }
        var before = before();
        var since = "changes since version " + before.map(State::version).orElse("");
        var old = before.flatMap(columns::olderKeys);
        return switch (store.takes()) {
            case ROWS -> {
                if (old.isPresent() && deletes()) { // else it may have rows that neither version has
                    yield new Found(StoreDiff.between(rows, keys, old.get(), true), since);
                }
                var stored = StoredKeys.of(spark, store, table, TaskSlots.now(spark));
                yield new Found(StoreDiff.between(rows, keys, stored, deletes()), "by content hash");
            }
            case CHANGES ->
                old.map(found -> new Found(StoreDiff.between(rows, keys, found, deletes()), since))
                        .orElseGet(() -> all(rows, keys, "all rows, for nobody knows what the store has"));
            case ALL ->
                before.filter(found -> found.version().equals(source.state().version()))
                        .map(found -> new Found(StoreDiff.nothing(rows, keys), since))
                        .orElseGet(() -> all(rows, keys, "all rows, for the store takes them as a whole"));
        };
    }

    private static Found all(Dataset<Row> rows, Dataset<Row> keys, String how) {
        return new Found(StoreDiff.everything(rows, keys), how);
    }

    /** Rows that the store has, and how many of them would go. */
    record Removal(long stored, long removed) {}

    /** Of a store that takes all rows anew those count that its mark tells of. */
    Removal removal(StoreDiff diff) {
        long before = contents.mark().map(ExportMark::rows).orElse(0L);
        return switch (store.takes()) {
            case ROWS -> new Removal(diff.counts().stored(), diff.counts().removed());
            case CHANGES -> new Removal(before, diff.counts().removed());
            case ALL -> new Removal(before, Math.max(0, before - diff.counts().source()));
        };
    }
}
