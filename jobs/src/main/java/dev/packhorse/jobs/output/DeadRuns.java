package dev.packhorse.jobs.output;

import dev.packhorse.jobs.output.RunPlan.Found;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Runs that died and left a staging folder below an output, by what {@link Lease} knows of them; and the data files of
 * theirs that no manifest names, which count as not there.
 */
final class DeadRuns {

    private static final String TEMPORARY = "_temporary"; // of Spark's committer

    private final FileSystem files;
    private final boolean any;
    private final Path output;
    private final List<DeadRun> dead;
    private final Set<String> live;
    private final Set<String> finished;
    private final Set<Path> unfinished;

    /**
     * A run that died.
     *
     * @param folder of its staging
     * @param found what it planned
     * @param lease what it said when the run was found dead
     */
    record DeadRun(Path folder, Found found, String lease) {

        /** Nothing where it died before it had one, or where another Packhorse wrote it. */
        Optional<RunPlan> plan() {
            return found instanceof Found.Whole whole ? Optional.of(whole.plan()) : Optional.empty();
        }

        /** The batches of a stream have their number behind a dash; they are done again as a whole. */
        boolean isOfStream() {
            return Staging.run(folder).contains("-");
        }

        /** All runs that worked on it. */
        List<String> runs() {
            return plan().map(RunPlan::runs).orElse(List.of(Staging.run(folder)));
        }
    }

    private DeadRuns(
            FileSystem files,
            Path output,
            List<DeadRun> dead,
            Set<String> live,
            Set<String> finished,
            Set<Path> unfinished) {
        this.files = files;
        this.any = !dead.isEmpty();
        this.output = output;
        this.dead = dead;
        this.live = live;
        this.finished = finished;
        this.unfinished = unfinished;
    }

    /**
     * Looks for them; where a run's driver is on another machine, that takes a while.
     *
     * @param oldRuns that have a manifest
     * @param again ids of runs to be done again: files of theirs that no manifest names count as not there, wherever their
     *     staging folder is
     */
    static DeadRuns find(OutputPlace place, OldRuns oldRuns, Set<String> again, List<Path> dataFiles, Duration patience)
            throws IOException {
        var files = place.files();
        var output = place.folder();
        var dead = new ArrayList<DeadRun>();
        var live = new HashSet<String>();
        for (var folder : place.stagingFolders()) {
            var lease = Lease.ofDead(files, folder, patience);
            if (lease.isEmpty()) {
                live.add(Staging.run(folder));
            } else if (files.exists(folder)) { // else its run has just ended
                dead.add(new DeadRun(folder, RunPlan.read(files, folder), lease.get()));
            }
        }
        var finished = oldRuns.finished(); // not before: a run may end while it is watched
        var runs = new HashSet<>(again);
        dead.forEach(run -> runs.addAll(run.runs()));
        runs.removeAll(finished);
        var unfinished = runs.isEmpty()
                ? Set.<Path>of()
                : dataFiles.parallelStream()
                        .filter(file -> runs.contains(WrittenFiles.run(file, place.conf())))
                        .collect(Collectors.toSet());
        return new DeadRuns(files, output, dead, live, finished, unfinished);
    }

    /** Data files without a manifest. */
    Set<Path> unfinished() {
        return unfinished;
    }

    /** Ids of the runs that are at work here. */
    Set<String> live() {
        return live;
    }

    /** Whether there is nothing in the output but what dead runs left that published nothing. */
    boolean areAll() throws IOException {
        return !dead.isEmpty()
                && live.isEmpty()
                && Arrays.stream(files.listStatus(output))
                        .map(FileStatus::getPath)
                        .allMatch(this::isTheirs);
    }

    private boolean isTheirs(Path path) {
        var name = path.getName();
        return name.startsWith(Staging.PREFIX)
                || name.equals(TEMPORARY)
                || name.equals("_SUCCESS")
                || (name.equals(OutputFolder.MANIFESTS) && finished.isEmpty())
                || name.startsWith(".")
                || unfinished.contains(path);
    }

    /** Whether a run's rows are in the output, and its manifest. */
    private boolean published(DeadRun run) {
        return run.runs().stream().anyMatch(finished::contains);
    }

    /**
     * Deletes what a run was to replace that had published its rows, for it is not to be read any more.
     *
     * @return the files and manifests that are gone
     */
    Set<Path> deleteReplaced() throws IOException {
        var replaced = new HashSet<Path>();
        for (var run : dead) {
            if (published(run)) {
                for (var old : Staging.replaced(files, run.folder())) {
                    files.delete(old, false);
                    replaced.add(old);
                }
            }
        }
        return replaced;
    }

    /** The run of a job whose rows are all in the output, so that to start it again is to do nothing. */
    Optional<String> published(String job) {
        return dead.stream()
                .filter(run -> published(run) && run.plan().map(RunPlan::job).equals(Optional.of(job)))
                .map(run -> run.runs().get(run.runs().size() - 1))
                .findFirst();
    }

    /**
     * The dead run that can be gone on with: its folder gets the name of the run that does.
     *
     * @param deciding what decides rows and vectors now
     * @param misfits gets, for each run that cannot be gone on with, in what it differs
     * @return its plan; nothing where there is none
     */
    Optional<RunPlan> take(String run, Map<String, String> deciding, Consumer<String> misfits, PrintStream out)
            throws IOException {
        for (var candidate : dead) {
            if (published(candidate)) {
                continue;
            }
            if (candidate.found() instanceof Found.Foreign foreign) {
                misfits.accept(
                        "%s was of another Packhorse, by its plan: %s".formatted(candidate.folder(), foreign.found()));
            }
            if (candidate.plan().isEmpty()) {
                continue;
            }
            var plan = candidate.plan().get();
            var differences = plan.differences(deciding);
            if (!differences.isEmpty()) {
                misfits.accept("%s was with %s".formatted(candidate.folder(), differences));
                continue;
            }
            checkStillDead(candidate);
            if (files.rename(candidate.folder(), Staging.folder(output, run))) {
                out.printf(
                        "Going on with what run %s left%n",
                        candidate.runs().get(candidate.runs().size() - 1));
                dead.remove(candidate);
                return Optional.of(plan.with(run));
            }
        }
        return Optional.empty();
    }

    /**
     * Deletes all that dead runs left and that was not taken, and ends what one that had published had begun.
     *
     * @return whether there were any, and no other run is alive
     */
    boolean clear(PrintStream out) throws IOException {
        for (var run : dead) {
            checkStillDead(run);
        }
        for (var file : unfinished) {
            files.delete(file, false);
        }
        if (any && live.isEmpty()) {
            files.delete(new Path(output, TEMPORARY), true);
        }
        for (var run : dead) {
            if (!published(run)) {
                out.printf(
                        "Deleting %s, the work of a run that died%s%n",
                        run.folder(), run.isOfStream() ? "" : "; with --resume a job goes on with it");
            }
            Staging.delete(files, run.folder());
        }
        dead.clear();
        return any && live.isEmpty();
    }

    /** Time has gone by since it was found dead, as for a look at the source. */
    private void checkStillDead(DeadRun run) throws IOException {
        if (!Lease.isStill(files, run.folder(), run.lease())) {
            throw new IllegalStateException(
                    "expected the run of %s to be dead, found that it goes on, or that another one took its work; start again when that has ended"
                            .formatted(run.folder()));
        }
    }
}
