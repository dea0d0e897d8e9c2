package dev.packhorse.jobs.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** Staging folders as drivers leave them or hold them. */
public final class StagingFolders {

    private StagingFolders() {}

    /** One of a run that has given it up. */
    public static Path ended(Path output, String run) {
        return write(output, run, new Lease.Content(run, new RunProcess("", 1, ""), 0, true));
    }

    /** One of a run of this process, which lives. */
    public static Path live(Path output, String run) {
        return write(output, run, new Lease.Content(run, RunProcess.current(), 0, false));
    }

    private static Path write(Path output, String run, Lease.Content lease) {
        var folder = output.resolve(Staging.PREFIX + run);
        try {
            Files.createDirectories(folder);
            var files = FileSystem.getLocal(new Configuration());
            Lease.write(files, new org.apache.hadoop.fs.Path(folder.toUri().toString(), Lease.FILE), lease);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
