package dev.packhorse.jobs.charts;

import dev.packhorse.jobs.page.Page;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where a page goes.
 *
 * @param place a file on any file system that Hadoop knows
 */
public record PageFile(String place) {

    /**
     * Refuses a place among files that readers take for rows.
     *
     * @param option that names the folder
     * @throws OptionException naming both
     */
    void checkBeside(String option, String folder, Configuration conf) {
        try {
            var file = qualified(place, conf);
            var rows = qualified(folder, conf).toString();
            var name = file.getName();
            if (file.getParent() != null
                    && (file.getParent() + "/").startsWith(rows + "/")
                    && !name.startsWith("_")
                    && !name.startsWith(".")) {
                throw new OptionException(
                        "--report-page %s: expected a file outside of %s, whose readers take all files for rows, or a name that begins with _"
                                .formatted(place, option));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new OptionException("--report-page %s: expected a file on a file system that is known, found: %s"
                    .formatted(place, e.getMessage()));
        }
    }

    private static Path qualified(String place, Configuration conf) throws IOException {
        var path = new Path(place);
        return path.getFileSystem(conf).makeQualified(path);
    }

    /** Writes it, in place of what the file had; folders are made where there are none. */
    public void write(Page page, Configuration conf) throws IOException {
        var path = new Path(place);
        var files = path.getFileSystem(conf);
        if (files
                instanceof LocalFileSystem local) { // whose files have checksums beside them, which nobody wants to see
            var file = local.pathToFile(path).toPath();
            Files.createDirectories(file.getParent());
            page.write(file);
            return;
        }
        try (var out = files.create(path, true)) {
            out.write(page.html().getBytes(StandardCharsets.UTF_8));
        }
    }
}
